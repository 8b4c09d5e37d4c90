"""
Who calls: a person whom App Service has signed in, or a system with a function key.

App Service's authentication ("Easy Auth") takes X-MS-CLIENT-PRINCIPAL off every call from outside
and puts its own there for who has signed in: base64 of {"auth_typ", "claims": [{"typ", "val"}],
"name_typ", "role_typ"}. Where it is off, anybody can send that header, so there it says nothing.
"""

import base64
import binascii

import azure.functions as func
import msgspec

from shared import wiring
from shared.devices.caller import SYSTEM, Caller, CallerKind, Role
from shared.errors import NotAllowed, Unverified
from shared.messages import is_guid
from shared.sign_in import SignIn

PRINCIPAL = "x-ms-client-principal"
LONGEST = 64 * 1024  # characters; front ends take less in one header
NAME_LIMIT = 320
# Each under the name in the token, and under the one that App Service may give it.
OBJECT_ID = ("oid", "http://schemas.microsoft.com/identity/claims/objectidentifier")
TENANT_ID = ("tid", "http://schemas.microsoft.com/identity/claims/tenantid")
ROLES = ("roles", "http://schemas.microsoft.com/ws/2008/06/identity/claims/role")
# An app that signs in as itself has none of these.
UPN = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn"
NAMES = ("preferred_username", "upn", UPN, "name")


class _Claim(msgspec.Struct):
    typ: str
    val: str


class _Principal(msgspec.Struct):
    auth_typ: str
    claims: list[_Claim]


def caller(req: func.HttpRequest) -> Caller:
    """Return who calls; Unverified if the platform vouches for something that is no person."""
    header = req.headers.get(PRINCIPAL)
    if header is None:
        return SYSTEM
    sign_in = wiring.services().sign_in
    return SYSTEM if sign_in is None else person(header, sign_in)


def person(header: str, sign_in: SignIn) -> Caller:
    """Return the person whom a principal describes; Unverified where it describes none of ours."""
    principal = _decoded(header)
    if principal.auth_typ != "aad":
        raise Unverified("whoever signs in here does so with Microsoft Entra ID")
    if _only(principal, TENANT_ID) != sign_in.tenant_id:
        raise Unverified("whoever signs in here comes from another directory")
    if "app" in _values(principal, ("idtyp",)):
        raise Unverified("an app is no person: systems call with a function key")
    return Caller(
        kind=CallerKind.PERSON,
        id=_only(principal, OBJECT_ID),
        name=_name(principal),
        roles=frozenset(role for role in Role if role in _values(principal, ROLES)),
    )


def needs(asking: Caller, role: Role) -> None:
    """Raise NotAllowed unless the caller has the role, or one that includes it."""
    if not asking.may(role):
        raise NotAllowed(
            f"this takes a person with the role {role}: an administrator assigns it in Entra ID"
        )


def signed(asking: Caller, body: bytes) -> bytes:
    """
    Return the body with a person's own name in `requested_by`, whatever it says there.

    A system may name whom it asks for; that it was a system is noted beside it.
    """
    if asking.kind is not CallerKind.PERSON:
        return body
    try:
        fields = msgspec.json.decode(body, type=dict[str, msgspec.Raw])
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return body  # whoever reads it says what is wrong
    fields["requested_by"] = msgspec.Raw(msgspec.json.encode(asking.name))
    return msgspec.json.encode(fields)


def _decoded(header: str) -> _Principal:
    if len(header) > LONGEST:
        raise Unverified("the principal is too long")
    try:
        return msgspec.json.decode(base64.b64decode(header, validate=True), type=_Principal)
    except (binascii.Error, ValueError, msgspec.MsgspecError, RecursionError) as error:
        raise Unverified("the principal cannot be read") from error


def _values(principal: _Principal, names: tuple[str, ...]) -> set[str]:
    return {claim.val for claim in principal.claims if claim.typ in names}


def _only(principal: _Principal, names: tuple[str, ...]) -> str:
    """Return a GUID that must be there, once, in lower case."""
    found = {value.lower() for value in _values(principal, names)}
    if len(found) != 1 or not is_guid(value := found.pop()):
        raise Unverified(f"the principal needs exactly one {names[0]}")
    return value


def _name(principal: _Principal) -> str:
    """Return the person's sign-in name, or else the one that is shown."""
    for name in NAMES:
        for value in sorted(_values(principal, (name,))):
            shown = "".join(sign for sign in value if sign.isprintable()).strip()
            if shown:
                return shown[:NAME_LIMIT]
    raise Unverified("the principal has no name: it is no person")
