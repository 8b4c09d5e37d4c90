"""Graph's authorities in a PKI: what is computed, what may change, and how they are found."""

from datetime import timedelta
from typing import Any

import pytest

from tests.contract.graph_authorities import (
    ENDS,
    READ,
    WRITE,
    Trusting,
    an_authority,
    der,
    in_base64,
    key_id,
    thumbprint,
)
from tests.contract.graph_certificates import NOON
from tests.contract.graph_world import refused

ROOT = an_authority("root")
BELOW = an_authority("below", issuer="root", ends=NOON + timedelta(days=90))
BAD, MISSING = (400, "Request_BadRequest"), (404, "Request_ResourceNotFound")
UNSUPPORTED = (400, "Request_UnsupportedQuery")
CRL = "http://crl.contoso.example/root.crl"


@pytest.fixture
def world() -> Trusting:
    return Trusting()


def test_the_facts_of_an_authority_come_from_its_certificate(world: Trusting) -> None:
    made = world.added(BELOW, displayName="Below", certificateRevocationListUrl=CRL)

    assert made == {
        "@odata.context": made["@odata.context"],
        "id": made["id"],
        "deletedDateTime": None,
        "certificateAuthorityType": "intermediate",
        "certificate": in_base64(BELOW),
        "displayName": "Below",
        "issuer": "CN=root, O=Contoso, C=US",
        "issuerSubjectKeyIdentifier": key_id(BELOW),
        "createdDateTime": "2026-05-04T12:00:00Z",
        "expirationDateTime": "2026-08-02T12:00:00Z",
        "thumbprint": thumbprint(BELOW),
        "certificateRevocationListUrl": CRL,
        "deltacertificateRevocationListUrl": None,
        "isIssuerHintEnabled": False,
    }
    shown = world.call("GET", f"{world.inside}/{made['id']}", READ).json()
    assert shown["thumbprint"] == made["thumbprint"]


def test_facts_may_be_sent_if_they_are_right(world: Trusting) -> None:
    right = {"thumbprint": thumbprint(ROOT).lower(), "expirationDateTime": "2027-05-04T12:00:00Z"}

    assert refused(world.add(ROOT, **(right | {"thumbprint": thumbprint(BELOW)}))) == BAD
    assert refused(world.add(ROOT, expirationDateTime="2030-01-01T00:00:00Z")) == BAD
    assert world.added(ROOT, **right)["expirationDateTime"] == f"{ENDS:%Y-%m-%dT%H:%M:%SZ}"


@pytest.mark.parametrize(
    "wrong",
    [
        {"certificate": "bm90IGEgY2VydGlmaWNhdGU="},
        {"certificate": "-----BEGIN CERTIFICATE-----"},
        {"certificateAuthorityType": "Root"},
        {"certificateAuthorityType": "unknownFutureValue"},
        {"certificateRevocationListUrl": "ldap://crl.contoso.example"},
        {"deltaCertificateRevocationListUrl": CRL},
        {"isIssuerHintEnabled": "true"},
        {"colour": "red"},
    ],
    ids=lambda wrong: "=".join(map(str, next(iter(wrong.items()))))[:60],
)
def test_what_is_wrong_is_refused(world: Trusting, wrong: dict[str, Any]) -> None:
    assert refused(world.add(ROOT, **wrong)) == BAD
    assert world.listed() == []


def test_a_certificate_is_required_and_is_there_once_per_pki(world: Trusting) -> None:
    assert refused(world.call("POST", world.inside, WRITE, body={"displayName": "x"})) == BAD
    world.added(ROOT)

    again = world.add(ROOT)

    assert refused(again) == BAD
    assert again.json()["error"]["message"] == "Duplicate Certificate exists."
    second = world.graph.trust.pki(world.tenant, "second")
    assert world.graph.trust.add(second, der(ROOT)).kind == "root"


def test_addresses_can_be_changed_and_taken_away_and_the_certificate_cannot(
    world: Trusting,
) -> None:
    one = f"{world.inside}/{world.added(ROOT, certificateRevocationListUrl=CRL)['id']}"
    delta = CRL.replace(".crl", "-delta.crl")

    def patch(**body: object) -> Any:  # noqa: ANN401 -- JSON
        return world.call("PATCH", one, WRITE, body=body)

    changed = patch(deltacertificateRevocationListUrl=delta, isIssuerHintEnabled=True)
    assert changed.status_code == 200
    shown = changed.json()
    assert (shown["certificateRevocationListUrl"], shown["isIssuerHintEnabled"]) == (CRL, True)
    assert shown["deltacertificateRevocationListUrl"] == delta
    assert patch(certificateRevocationListUrl=None).json()["certificateRevocationListUrl"] is None
    assert patch(**{name: shown[name] for name in ("certificate", "createdDateTime")}).is_success
    assert refused(patch(certificate=in_base64(BELOW))) == BAD
    assert refused(patch(thumbprint=thumbprint(BELOW))) == BAD


def test_authorities_are_found_by_thumbprint_expiry_and_type(world: Trusting) -> None:
    root, below = world.added(ROOT)["id"], world.added(BELOW)["id"]

    def found(query: str) -> list[str]:
        return [one["id"] for one in world.listed(f"?{query}")]

    assert found(f"$filter=thumbprint eq '{thumbprint(BELOW)}'") == [below]
    assert found(f"$filter=startswith(thumbprint,'{thumbprint(ROOT)[:9]}')") == [root]
    assert found("$filter=expirationDateTime eq 2026-08-02T14:00:00%2B02:00") == [below]
    assert found("$filter=certificateAuthorityType eq 'root'") == [root]
    assert found("$orderby=expirationDateTime") == [below, root]
    assert found("$orderby=expirationDateTime desc") == [root, below]


@pytest.mark.parametrize(
    ("query", "refusal"),
    [
        ("$filter=expirationDateTime le 2026-08-02T12:00:00Z", UNSUPPORTED),
        ("$filter=displayName eq 'x'", UNSUPPORTED),
        ("$filter=expirationDateTime eq '2026-08-02T12:00:00Z'", (400, "BadRequest")),
        ("$filter=expirationDateTime eq 2026-08-02T12:00:00", (400, "BadRequest")),
        ("$filter=thumbprint eq ABC", (400, "BadRequest")),
        ("$orderby=displayName", UNSUPPORTED),
        ("$expand=x", UNSUPPORTED),
        ("$top=1000", BAD),
        ("$select=deltaCertificateRevocationListUrl", (400, "BadRequest")),
    ],
)
def test_queries_that_cannot_be_answered_are_refused(
    world: Trusting, query: str, refusal: tuple[int, str]
) -> None:
    assert refused(world.call("GET", f"{world.inside}?{query}", READ)) == refusal


def test_authorities_are_listed_page_by_page_and_counted(world: Trusting) -> None:
    pki = world.graph.trust.pki(world.tenant)
    for number in range(5):
        world.graph.trust.add(pki, der(an_authority(f"authority {number}")))
    link, sizes = f"{world.inside}?$top=2&$count=true&$select=id", []

    while link:
        page = world.call("GET", link, READ).json()
        assert page["@odata.count"] == 5
        sizes.append(len(page["value"]))
        link = page.get("@odata.nextLink", "")

    assert sizes == [2, 2, 1]


def test_a_tenant_has_at_most_250_authorities(world: Trusting) -> None:
    """Over all its PKIs; whose certificates they are does not matter here."""
    pki = world.graph.trust.pki(world.tenant, "full")
    for _ in range(250):
        world.graph.trust.add(pki, der(ROOT))

    assert refused(world.add(BELOW)) == BAD


def test_a_certificate_has_at_most_eight_kilobytes(world: Trusting) -> None:
    assert world.add(an_authority("large", padding=7 * 1024)).status_code == 201
    assert refused(world.add(an_authority("larger", padding=8 * 1024))) == BAD


def test_a_new_authority_is_not_found_at_first(world: Trusting) -> None:
    world.graph.replication.reads = 2
    one = f"{world.inside}/{world.added(ROOT)['id']}"

    assert refused(world.call("GET", one, READ)) == MISSING
    assert world.listed() == []
    assert len(world.listed()) == 1


def test_ordered_failures_and_delays_meet_these_calls_too(world: Trusting) -> None:
    world.graph.fail_next(503, on="createAuthority")
    world.graph.latency["listAuthorities"] = 2.0

    assert world.add(ROOT).status_code == 503
    assert world.listed() == []
    assert world.naps[-1] == 2.0
    assert world.added(ROOT)["certificateAuthorityType"] == "root"
    assert world.graph.count("createAuthority") == 2
