"""
Whose a certificate is: as Entra ID finds out by the bindings of a tenant.

By Microsoft's technical deep dive on certificate-based authentication: the user is looked up
by the name he gave; then the bindings are tried, the lowest priority number first, until one of
them finds its field in the certificate equal to its property of the user. One is enough.
"""

from dataclasses import dataclass

from shared.trust import user_ids
from shared.trust.account import Account
from shared.trust.method import Binding, CertificateField, CertificateMethod, UserProperty
from shared.trust.x509 import CertificateFacts

WEAK = frozenset(
    {
        CertificateField.PRINCIPAL_NAME,
        CertificateField.RFC822_NAME,
        CertificateField.ISSUER_AND_SUBJECT,
        CertificateField.SUBJECT,
    }
)
AFFINITY = (
    "the tenant has set which affinity is required, and where it is high this binding does not "
    "count: see the method's settings in the Entra portal"
)
ALMOST = (
    "it is equal but for letter case, blanks or quotes, and whether Entra ID minds those is not "
    "documented: write it as {wanted}"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """One binding, and what came of it."""

    binding: Binding
    is_match: bool
    says: str
    doubt: str = ""  # why it may be a match all the same


@dataclass(frozen=True, slots=True, kw_only=True)
class Mapping:
    """Whether a certificate is a user's: `matched` is the binding that says so."""

    matched: Binding | None
    tried: tuple[Tried, ...]  # in the order of their priorities, up to the one that matched
    unknown: tuple[str, ...] = ()  # what of the vendor's way is not known, and decides here


@dataclass(frozen=True, slots=True, kw_only=True)
class MailAddress:
    """The user's own mail address in a certificate, which Exchange ActiveSync asks for."""

    address: str  # "" if there is none
    says: str


def mapped(facts: CertificateFacts, method: CertificateMethod, account: Account) -> Mapping:
    """Return whether the certificate is this user's."""
    tried: list[Tried] = []
    for binding in sorted(method.bindings, key=lambda each: each.priority):
        found = _asking_affinity(_try(facts, binding, account), method)
        tried.append(found)
        if found.is_match:
            return Mapping(matched=binding, tried=tuple(tried))
    doubts = tuple(f"{each.says}; {each.doubt}" for each in tried if each.doubt)
    return Mapping(matched=None, tried=tuple(tried), unknown=doubts)


def mail_address(facts: CertificateFacts, account: Account) -> MailAddress:
    """
    Return by which name in it a device can sync the user's mail.

    Exchange Online needs the user's routable address in the certificate, as principal name or
    RFC 822 name; Entra ID compares it with the user's proxy addresses.
    """
    own = {each.lower() for each in (account.mail, *account.addresses) if each}
    for kind, names in (("principal name", facts.upns), ("RFC 822 name", facts.emails)):
        for name in names:
            if name.lower() in own:
                return MailAddress(address=name, says=f"{name} is there as {kind}")
    there = ", ".join((*facts.upns, *facts.emails)) or "no name"
    if not own:
        return MailAddress(address="", says="the user has no mail address: give him a mailbox")
    says = f"the certificate holds {there}, and none of them is a mail address of the user's: "
    return MailAddress(address="", says=says + f"issue one for {account.mail or min(own)}")


def _asking_affinity(found: Tried, method: CertificateMethod) -> Tried:
    """Take a match by a weak binding for a doubt if the tenant may ask for more."""
    is_asked = any("affinity" in each.lower() for each in method.unknown)
    if not (found.is_match and is_asked and found.binding.certificate_field in WEAK):
        return found
    return Tried(binding=found.binding, is_match=False, says=found.says, doubt=AFFINITY)


def _try(facts: CertificateFacts, binding: Binding, account: Account) -> Tried:
    match binding.user_property:
        case UserProperty.UPN:
            return _try_name(facts, binding, account.upn)
        case UserProperty.ON_PREMISES_UPN:
            return _try_name(facts, binding, account.on_premises_upn)
        case UserProperty.CERTIFICATE_USER_IDS:
            return _try_user_ids(facts, binding, account.certificate_user_ids)


def _try_name(facts: CertificateFacts, binding: Binding, wanted: str) -> Tried:
    match binding.certificate_field:
        case CertificateField.PRINCIPAL_NAME:
            names = facts.upns
        case CertificateField.RFC822_NAME:
            names = facts.emails
        case _:
            return _missed(binding, "this field is compared with certificateUserIds only")
    if not names:
        return _missed(binding, f"the certificate has no {binding.certificate_field}")
    if not wanted:
        return _missed(binding, f"the user has no {binding.user_property}")
    held = [each.casefold() for each in names]
    if wanted.casefold() == held[0]:
        return Tried(binding=binding, is_match=True, says=f"both are {wanted}")
    doubt = user_ids.NOT_FIRST if wanted.casefold() in held else ""
    return _missed(binding, f"{' and '.join(names)} there, {wanted} here", doubt)


def _try_user_ids(facts: CertificateFacts, binding: Binding, ids: tuple[str, ...]) -> Tried:
    wanted = user_ids.spellings(facts, binding.certificate_field)
    if not wanted:
        return _missed(binding, f"the certificate has no {binding.certificate_field}")
    held = {user_ids.comparable(each) for each in ids}
    for each in wanted:
        if user_ids.comparable(each.text) in held:
            says = f"certificateUserIds hold {each.text}"
            if each.doubt:
                return _missed(binding, says, each.doubt)
            return Tried(binding=binding, is_match=True, says=says)
    text = wanted[0].text
    is_almost = any(_loose(each.text) == _loose(one) for each in wanted for one in held)
    doubt = ALMOST.format(wanted=text) if is_almost else ""
    return _missed(binding, f"certificateUserIds do not hold {text}", doubt)


def _loose(value: str) -> str:
    prefix, mark, rest = value.partition(">")  # the prefix is known to mind letter case
    return prefix + mark + "".join(rest.casefold().replace('"', "").split())


def _missed(binding: Binding, says: str, doubt: str = "") -> Tried:
    return Tried(binding=binding, is_match=False, says=says, doubt=doubt)
