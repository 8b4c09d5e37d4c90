"""What makes an order about users' certificates one that can never do any good."""

import re
from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Sequence
from typing import TypeVar
from urllib.parse import urlsplit

import msgspec

from shared.devices import certificate_change
from shared.devices.certificate_change import (
    AddTrustedCa,
    CertificateChange,
    SetCaCrl,
    SetCertificateMethod,
    StoreChange,
)
from shared.errors import Rejected
from shared.trust import x509
from shared.trust.authority import Store
from shared.trust.method import Binding, Rule, RuleKind, Target

LONGEST = 12_000  # bytes of JSON: the settings before and after are kept in one property
OBJECT_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|all_users", re.IGNORECASE)
OID = re.compile(r"[0-2](\.(0|[1-9][0-9]*))+")
ISSUER_AND_OID = re.compile(rf".*\S.*;\s*{OID.pattern}")
GAP = (
    "the classic store is not updated in place: it is deleted and made anew, and nobody's "
    "certificate is accepted in between; what it held is kept in the operation. "
    "Say accept_gap, or better take the PKI store"
)
T = TypeVar("T", bound=Hashable)


def check(change: CertificateChange) -> None:
    """Raise Rejected, naming everything that is wrong, if the change can never do any good."""
    wrong = list(_wrong(change))
    if wrong:
        raise Rejected("; ".join(wrong))


def _wrong(change: CertificateChange) -> Iterator[str]:
    if isinstance(change, StoreChange) and change.store is Store.CLASSIC and not change.accept_gap:
        yield GAP
    match change:
        case AddTrustedCa():
            yield from _of_certificate(change)
            yield from _of_addresses(change)
        case SetCaCrl():
            yield from _of_addresses(change)
        case SetCertificateMethod():
            yield from _of_method(change)
        case _:
            return


def _of_certificate(change: AddTrustedCa) -> Iterator[str]:
    if change.name and change.store is Store.CLASSIC:
        yield "the classic store keeps no name: leave it out"
    try:
        facts = x509.facts(x509.from_text(change.certificate))
    except Rejected as refusal:
        yield str(refusal)
        return
    if "PRIVATE KEY" in change.certificate:
        yield "there is a private key beside the certificate: send the certificate alone"
    if not (facts.is_ca and facts.may_sign_certificates):
        yield f"{facts.subject} is no authority: its certificate does not let it sign others"
    is_own_issuer = facts.subject == facts.issuer
    if change.is_root and not is_own_issuer:
        yield f"{facts.subject} is no root: {facts.issuer} has issued it"
    if is_own_issuer and not change.is_root:
        yield f"{facts.subject} is a root: it has issued itself"


def _of_addresses(change: AddTrustedCa | SetCaCrl) -> Iterator[str]:
    for name in ("crl_url", "delta_crl_url"):
        url: str = getattr(change, name)
        if url and (trouble := _trouble(url)):
            yield f"{name} {trouble}"
    if change.delta_crl_url and not change.crl_url:
        yield "delta_crl_url is of no use without crl_url: a delta adds to a whole list"
    if change.delta_crl_url and change.delta_crl_url == change.crl_url:
        yield "delta_crl_url is the same as crl_url: at one address there is one list"


def _trouble(url: str) -> str:
    """Say what is wrong with the address; "" if nothing is."""
    if not url.isascii() or not url.isprintable() or " " in url:
        return "holds characters that no address has: write them percent-encoded"
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError as error:
        return f"is no address: {error}"
    if parts.scheme not in {"http", "https"}:
        return "has to begin with http:// or https://: Entra ID fetches nothing else"
    if not host:
        return "names no host"
    if "@" in parts.netloc:
        return "may not hold a user or password"
    return "may not have a part behind #" if "#" in url else ""


def _of_method(change: SetCertificateMethod) -> Iterator[str]:
    if not certificate_change.named(change):
        yield "nothing is named that is to be set"
    if len(msgspec.json.encode(change)) > LONGEST:
        yield f"settings may be {LONGEST} bytes long at most: take groups in place of many rules"
    yield from _of_bindings(change.bindings)
    yield from _of_rules(change.rules or [])
    yield from _of_targets(change.include or [], change.exclude or [])
    if change.enabled and change.include == []:
        yield "enabled for nobody: include a group, or all_users"


def _of_bindings(bindings: Sequence[Binding] | None) -> Iterator[str]:
    if bindings is None:
        return
    if not bindings:
        yield "without a binding no certificate is anybody's: name one at least"
    if any(binding.priority < 0 for binding in bindings):
        yield "no binding has a priority below 0"
    for priority in _doubled(binding.priority for binding in bindings):
        yield f"two bindings have the priority {priority}"
    pairs = ((binding.certificate_field, binding.user_property) for binding in bindings)
    for field, wanted in _doubled(pairs):
        yield f"two bindings compare {field} with {wanted}"


def _of_rules(rules: Sequence[Rule]) -> Iterator[str]:
    for rule in rules:
        if not rule.identifier.strip():
            yield f"a rule by {rule.kind} names nothing"
        elif rule.kind is RuleKind.POLICY and not OID.fullmatch(rule.identifier):
            yield f"{rule.identifier} is no policy's number, such as 1.2.3.4"
        elif rule.kind is RuleKind.ISSUER_AND_POLICY and not ISSUER_AND_OID.fullmatch(
            rule.identifier
        ):
            yield f"{rule.identifier} is no issuer with a policy's number behind a semicolon"
    for kind, identifier in _doubled((rule.kind, rule.identifier) for rule in rules):
        yield f"two rules are about {kind} {identifier}"


def _of_targets(include: Sequence[Target], exclude: Sequence[Target]) -> Iterator[str]:
    for each in (*include, *exclude):
        if not OBJECT_ID.fullmatch(each.id):
            yield f"{each.id!r} is neither a group's object id nor all_users"
    for name in _doubled(each.id.lower() for each in (*include, *exclude)):
        yield f"{name} is named twice"


def _doubled(values: Iterable[T]) -> Iterator[T]:
    return (value for value, times in Counter(values).items() if times > 1)
