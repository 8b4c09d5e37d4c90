"""Who calls: what the platform says of a person is read strictly, and only where it is its word."""

import base64
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions import people
from shared import wiring
from shared.devices.caller import SYSTEM, Caller, CallerKind, Role
from shared.errors import NotAllowed, Unverified
from tests.unit.app_world import Deployment, request
from tests.unit.principals import DIRECTORY, OTTO, SCHEMAS, SIGN_IN, claims, principal

JSON = st.recursive(st.none() | st.booleans() | st.integers() | st.text(), st.lists, max_leaves=5)


def read(header: str) -> Caller:
    """Return whom a principal describes."""
    return people.person(header, SIGN_IN)


def refusal(header: str) -> str:
    """Return why a principal is not believed."""
    with pytest.raises(Unverified) as refused:
        read(header)
    return str(refused.value)


def test_a_person_is_known_by_object_id_with_name_and_roles() -> None:
    assert read(principal()) == Caller(
        kind=CallerKind.PERSON,
        id=OTTO,
        name="otto@contoso.com",
        roles=frozenset({Role.OPERATOR}),
    )


def test_claims_may_have_their_short_names() -> None:
    """App Service maps names by rules that an administrator can change."""
    told: dict[str, object] = {"oid": OTTO.upper(), "tid": DIRECTORY.upper(), "name": "Otto"}
    found = read(principal(told))
    assert (found.id, found.name, found.roles) == (OTTO, "Otto", frozenset())


def test_roles_nobody_knows_give_nothing() -> None:
    found = read(principal(claims(roles=["Viewer", "Approver", "admin", "approver", ""])))
    assert found.roles == {Role.VIEWER, Role.APPROVER}


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({f"{SCHEMAS}/tenantid": "5b2c1d0e-0000-4000-8000-0000000000d2"}, "another directory"),
        ({f"{SCHEMAS}/tenantid": None}, "exactly one tid"),
        ({"tid": OTTO}, "exactly one tid"),
        ({f"{SCHEMAS}/objectidentifier": None}, "exactly one oid"),
        ({f"{SCHEMAS}/objectidentifier": "otto"}, "exactly one oid"),
        ({"oid": DIRECTORY}, "exactly one oid"),
        ({"idtyp": "app"}, "an app is no person"),
        ({"name": None, "preferred_username": "\u202e\n"}, "no name"),
    ],
)
def test_whoever_is_no_person_of_ours_is_refused(changes: dict[str, object], says: str) -> None:
    assert says in refusal(principal(claims(**changes)))


def test_another_identity_provider_is_refused() -> None:
    """Its object ids and roles are whatever its users want them to be."""
    assert "Microsoft Entra ID" in refusal(principal(auth_typ="github"))


def test_a_name_is_one_line() -> None:
    found = read(principal(claims(preferred_username="otto\r\nX: y" + "o" * 999)))
    assert found.name.isprintable()
    assert len(found.name) == people.NAME_LIMIT


MALFORMED = {
    "empty": "",
    "no base64": "?",
    "not ASCII": "\u00e9",
    "twice": f"{principal()},{principal()}",
    "no JSON": base64.b64encode(b"{").decode(),
    "no UTF-8": base64.b64encode(b'{"auth_typ": "\xff"}').decode(),
    "no object": base64.b64encode(b"[]").decode(),
    "no claims": principal(claims=None),
    "a claim without value": principal(claims=[{"typ": "oid"}]),
    "a number": principal(claims=[{"typ": "oid", "val": 1}]),
    "deep": base64.b64encode(b'{"more":' + b"[" * 30_000).decode(),
    "long": principal(more="x" * people.LONGEST),
}


@pytest.mark.parametrize("name", MALFORMED)
def test_malformed_principals_are_refused(name: str) -> None:
    assert refusal(MALFORMED[name])


@given(st.text() | st.binary().map(lambda noise: base64.b64encode(noise).decode()))
def test_no_noise_is_a_person(noise: str) -> None:
    assert refusal(noise)


@given(st.sampled_from(["auth_typ", "claims", "name_typ"]), JSON)
def test_a_principal_with_anything_in_it_is_read_or_refused(field: str, value: object) -> None:
    """Never another error: that would be answered with 500."""
    try:
        said: dict[str, Any] = {field: value}
        found = read(principal(**said))
    except Unverified:
        return
    assert found.id == OTTO


@given(
    st.lists(st.tuples(st.sampled_from([*claims(), "oid", "tid", "upn"]), st.text()), max_size=9)
)
def test_more_claims_never_make_somebody_else(more: list[tuple[str, str]]) -> None:
    """What is said twice, and differently, is not believed."""
    told = claims()
    for name, value in more:
        told[name] = [*_listed(told.get(name)), value]
    try:
        found = read(principal(told))
    except Unverified:
        return
    assert found.id == OTTO


def _listed(value: object) -> list[object]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def test_a_header_counts_only_where_the_platform_puts_it() -> None:
    """Anybody can send it; App Service's authentication takes it off, if it is on."""
    spoken: Any = request(headers={"X-MS-CLIENT-PRINCIPAL": principal()})
    silent: Any = request()
    off, on = Deployment(), Deployment(sign_in=SIGN_IN)
    with wiring.using(off.services):
        assert people.caller(spoken) is SYSTEM
    with wiring.using(on.services):
        assert people.caller(spoken).id == OTTO
        assert people.caller(silent) is SYSTEM


@pytest.mark.parametrize(
    ("held", "allowed"),
    [
        ([], set()),
        ([Role.VIEWER], {Role.VIEWER}),
        ([Role.OPERATOR], {Role.VIEWER, Role.OPERATOR}),
        ([Role.APPROVER], set(Role)),
    ],
)
def test_each_role_includes_those_below(held: list[Role], allowed: set[Role]) -> None:
    asking = Caller(kind=CallerKind.PERSON, id=OTTO, name="Otto", roles=frozenset(held))
    assert {role for role in Role if asking.may(role)} == allowed


def test_systems_never_approve_whatever_they_hold() -> None:
    mighty = Caller(kind=CallerKind.SYSTEM, id="", name="", roles=frozenset(Role))
    for asking in (SYSTEM, mighty):
        people.needs(asking, Role.OPERATOR)
        with pytest.raises(NotAllowed, match="a person with the role Approver"):
            people.needs(asking, Role.APPROVER)


def test_a_person_signs_with_the_own_name_and_a_system_with_any() -> None:
    otto, body = read(principal()), b'{"requested_by": "somebody else", "a": [1]}'
    assert people.signed(SYSTEM, body) == body
    assert json.loads(people.signed(otto, body)) == {"requested_by": "otto@contoso.com", "a": [1]}
    assert json.loads(people.signed(otto, b"{}")) == {"requested_by": "otto@contoso.com"}


@pytest.mark.parametrize("body", [b"", b"[]", b"\xff", b"[" * 9999, b'{"a"'])
def test_what_is_no_order_is_left_to_whoever_reads_it(body: bytes) -> None:
    assert people.signed(read(principal()), body) == body
