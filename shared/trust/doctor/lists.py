"""X4 and X5: where the authorities publish what they have revoked, and whether that can be used."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from shared.credentials.findings import Grade
from shared.errors import Failure
from shared.trust.account import Account
from shared.trust.authority import Authority
from shared.trust.crl import Listed
from shared.trust.crl_trouble import UNUSABLE, CrlTrouble
from shared.trust.doctor.codes import Code
from shared.trust.doctor.findings import Detail, fine, found, unread
from shared.trust.doctor.stores import SAMPLE, named

MEND = "mend the list where the authority publishes it, and wait until Entra ID fetches it anew"


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """What was found at one authority's addresses."""

    authority: Authority
    troubles: Sequence[tuple[CrlTrouble, str]]
    is_usable: bool
    made_at: datetime | None  # the later of base and delta; None: there is no list
    next_update: datetime | None = None
    listed: Listed | None = None  # the serial number of a sample
    failure: Failure | None = None  # why nobody has looked


def addresses(authorities: Sequence[Authority], *, requires_crl: bool | None) -> tuple[Detail, ...]:
    """Judge X4."""
    details = [each for authority in authorities for each in _addresses(authority)]
    if requires_crl and any(each.code == Code.CRL_ADDRESS_MISSING for each in details):
        says = "the tenant requires revocation checks: what such an authority signed is refused"
        details.append(found(Code.CRL_ADDRESS_MISSING, says))
    return tuple(details) or (fine("no authority is trusted"),)


def _addresses(authority: Authority) -> Iterable[Detail]:
    about = named(authority)
    if not authority.crl_url:
        alone = bool(authority.delta_crl_url)
        yield found(Code.DELTA_ADDRESS_ALONE if alone else Code.CRL_ADDRESS_MISSING, about=about)
        return
    for url in filter(None, (authority.crl_url, authority.delta_crl_url)):
        match _scheme(url):
            case "http":
                yield fine(url, about)
            case "https":
                yield found(Code.CRL_ADDRESS_HTTPS, url, about)
            case _:
                yield found(Code.CRL_ADDRESS_WRONG, url, about)


def _scheme(url: str) -> str:
    """Return how it is fetched; "" for what is no address."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    return parts.scheme if parts.hostname else ""


def lists(
    looked: Sequence[Looked], account: Account | None, signer: bytes | None
) -> tuple[Detail, ...]:
    """
    Judge X5; with an account, also by when its sessions were revoked.

    That is asked of who has signed the user's certificate; None: of whoever may have.
    """
    users = [each for each in looked if signer in {None, each.authority.certificate}]
    below = [each for each in users if not each.authority.is_root] or users
    details = [x for each in looked for x in _one(each, account if each in below else None)]
    return tuple(details) or (fine("no authority is trusted"),)


def _one(looked: Looked, account: Account | None) -> Iterable[Detail]:
    about = named(looked.authority)
    if looked.failure is not None:
        yield unread(looked.failure, about)
    for trouble, says in looked.troubles:
        yield Detail(
            about=about,
            grade=Grade.FAIL if trouble in UNUSABLE else Grade.WARN,
            code=f"crl_{trouble}",
            meaning=says,
            remedy=MEND,
        )
    if looked.is_usable and looked.made_at:
        if not looked.troubles:
            yield fine(_times(looked), about)
        revoked = account.sessions_valid_from if account else None
        if revoked and looked.made_at < revoked:
            says = f"made {_minute(looked.made_at)}, sessions revoked {_minute(revoked)}"
            yield found(Code.CRL_OLDER_THAN_REVOCATION, says, about)


def _times(looked: Looked) -> str:
    made = f"made {_minute(looked.made_at)}" if looked.made_at else "no list"
    return f"{made}, good until {_minute(looked.next_update)}" if looked.next_update else made


def _minute(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC"


def sample(listed: Listed | None, *, is_usable: bool) -> Detail:
    """Judge whether a sample's issuer has revoked it; a list that cannot be used says nothing."""
    if listed is not None:
        since = _minute(listed.revoked_at)
        return found(Code.SAMPLE_REVOKED, f"{since} {listed.reason}".rstrip(), SAMPLE)
    if not is_usable:
        return found(Code.SAMPLE_REVOCATION_UNKNOWN, about=SAMPLE)
    return fine("not on the list of who signed it", SAMPLE)


def useless(looked: Sequence[Looked]) -> tuple[Detail, ...]:
    """Judge, for a lost phone, by whose lists a revoked certificate is kept out."""
    return tuple(_keeps_out(each, named(each.authority)) for each in looked)


def _keeps_out(looked: Looked, about: str) -> Detail:
    if looked.failure is not None:
        return unread(looked.failure, about)
    if looked.is_usable:
        return fine("its list can be used", about)
    return found(Code.REVOCATION_USELESS, about=about)
