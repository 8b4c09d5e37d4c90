"""How the PKI store in Microsoft Graph is read and changed."""

from collections.abc import Sequence
from dataclasses import replace
from hashlib import sha1
from typing import Any

import httpx
import pytest

from shared.errors import NotFound, NotPermitted, Rejected, Retryable
from shared.trust.authority import Authority, Store
from tests.unit.entra import a_der
from tests.unit.graph_answers import BASE, a_refusal
from tests.unit.trust_answers import (
    CAS,
    DELETED,
    DELTA,
    DONE,
    HERE,
    PKIS,
    TOKEN,
    Answers,
    a_ca,
    a_trust,
    base64_of,
    page,
)

CA = Authority(
    store=Store.PKI,
    certificate=a_der(1),
    is_root=True,
    name="Contoso root",
    container_id="pki-1",
    authority_id="ca-1",
    crl_url=HERE,
)
CREATED = httpx.Response(201, json=a_ca())
CHANGED = httpx.Response(200, json=a_ca())
ONE = page({"id": "pki-1", "displayName": "Contoso"})
RESTORE = "POST directory/deletedItems/ca-1/restore"
REFUSED = a_refusal(400, "Request_BadRequest", "Invalid value, secret.")


def standing(*cas: object, deleted: Sequence[object] = (), more: Answers | None = None) -> Answers:
    """Return the answers of a store with one container, and with these authorities in it."""
    known = {f"GET {PKIS}": ONE, f"GET {CAS}": page(*cas), f"GET {DELETED}": page(*deleted)}
    return {**known, **(more or {})}


def test_authorities_of_all_containers_and_pages_are_listed() -> None:
    """With the tenant's token, asking for values that are newer than our words, too."""
    trust, graph = a_trust(
        standing(
            more={
                f"GET {PKIS}": [
                    page({"id": "pki-1"}, following=f"{PKIS}?p=2"),
                    page({"id": "b/2"}),
                ],
                f"GET {CAS}": [page(a_ca(1), following=f"{CAS}?p=2"), page(a_ca(2))],
                f"GET {PKIS}/b%2F2/certificateAuthorities": page(a_ca(3)),
            }
        )
    )
    found = trust.authorities()
    assert found[0] == CA
    assert [each.authority_id for each in found] == ["ca-1", "ca-2", "ca-3"]
    assert [each.container_id for each in found] == ["pki-1", "pki-1", "b/2"]
    assert {each.headers["Authorization"] for each in graph.requests} == {f"Bearer {TOKEN}"}
    assert {each.headers["Prefer"] for each in graph.requests} == {"include-unknown-enum-members"}


@pytest.mark.parametrize("name", [DELTA, "deltaCertificateRevocationListUrl"])
def test_delta_address_is_read_in_either_spelling(name: str) -> None:
    row = {key: value for key, value in a_ca().items() if key != DELTA}
    trust, _ = a_trust(standing({**row, name: "http://crl.example/delta.crl"}))
    assert trust.authorities()[0].delta_crl_url == "http://crl.example/delta.crl"


@pytest.mark.parametrize(
    ("told", "stored"),
    [
        (f"{base64_of()[:64]}\r\n{base64_of()[64:]}\r\n", a_der()),
        ("bm9uZQ==", b"none"),
        ("no base64!", b"no base64!"),
        ("ümlaut", "ümlaut".encode()),
        ("", b""),
        (None, b""),
    ],
)
def test_what_is_no_certificate_is_listed_as_it_is_stored(told: object, stored: bytes) -> None:
    """The others are worth as much as before, and somebody has to hear of it."""
    trust, _ = a_trust(standing(a_ca(certificate=told), a_ca(2)))
    assert [each.certificate for each in trust.authorities()] == [stored, a_der(2)]


def test_fields_that_are_not_told_are_empty() -> None:
    trust, _ = a_trust(standing({"id": "ca-9", "certificateAuthorityType": "somethingNew"}))
    assert trust.authorities() == (
        Authority(
            store=Store.PKI,
            certificate=b"",
            is_root=False,
            container_id="pki-1",
            authority_id="ca-9",
        ),
    )


def test_container_that_goes_while_it_is_read_makes_no_short_list() -> None:
    trust, _ = a_trust(
        {f"GET {PKIS}": ONE, f"GET {CAS}": a_refusal(404, "Request_ResourceNotFound")}
    )
    with pytest.raises(Retryable):
        trust.authorities()


def test_new_authority_is_sent_with_all_that_graph_asks_for() -> None:
    """Its ids are Graph's to choose; what is empty is not sent."""
    trust, graph = a_trust(standing(more={f"POST {CAS}": CREATED}))
    trust.add_authority(replace(CA, authority_id="", container_id=""))
    (write,) = graph.writes
    assert write == (
        f"POST {CAS}",
        {
            "certificate": base64_of(),
            "certificateAuthorityType": "root",
            "thumbprint": sha1(a_der(), usedforsecurity=False).hexdigest().upper(),
            "expirationDateTime": write[1]["expirationDateTime"],
            "displayName": "Contoso root",
            "certificateRevocationListUrl": HERE,
        },
    )
    assert write[1]["expirationDateTime"].endswith("Z")


def test_intermediate_without_name_and_addresses_is_sent_without_them() -> None:
    trust, graph = a_trust(standing(more={f"POST {CAS}": CREATED}))
    trust.add_authority(replace(CA, is_root=False, name="", crl_url="", delta_crl_url="d"))
    body = graph.writes[0][1]
    assert body["certificateAuthorityType"] == "intermediate"
    assert body[DELTA] == "d"
    assert {"displayName", "certificateRevocationListUrl"}.isdisjoint(body)


def test_authority_goes_to_its_container_or_to_the_first() -> None:
    """Where it once was may be gone."""
    for wanted, chosen in [("pki-2", "pki-2"), ("pki-9", "pki-1"), ("", "pki-1")]:
        path = f"POST {PKIS}/{chosen}/certificateAuthorities"
        two = page({"id": "pki-1"}, {"id": "pki-2"})
        others = {f"GET {PKIS}": two, f"GET {PKIS}/pki-2/certificateAuthorities": page()}
        trust, graph = a_trust(standing(more={**others, path: CREATED}))
        trust.add_authority(replace(CA, container_id=wanted))
        assert [asked for asked, _ in graph.writes] == [path]


def test_container_is_made_where_there_is_none() -> None:
    trust, graph = a_trust(
        standing(
            more={
                f"GET {PKIS}": page(),
                f"POST {PKIS}": httpx.Response(201, json={"id": "pki-1"}),
                f"POST {CAS}": CREATED,
            }
        )
    )
    trust.add_authority(CA)
    assert graph.writes[0] == (f"POST {PKIS}", {"displayName": "easgate"})
    assert graph.writes[1][0] == f"POST {CAS}"


def test_container_that_graph_does_not_name_is_looked_for_next_time() -> None:
    trust, _ = a_trust(
        standing(more={f"GET {PKIS}": page(), f"POST {PKIS}": httpx.Response(201, text="ok")})
    )
    with pytest.raises(Retryable):
        trust.add_authority(CA)


def test_authority_that_stands_as_wanted_is_not_added_again() -> None:
    trust, graph = a_trust(standing(a_ca()))
    trust.add_authority(replace(CA, container_id="elsewhere", authority_id=""))
    assert graph.writes == []


def test_authority_that_stands_with_other_addresses_gets_those_ordered() -> None:
    """An earlier attempt may have brought it back, and have died before this."""
    path = f"PATCH {CAS}/ca-1"
    trust, graph = a_trust(standing({**a_ca(), DELTA: "old"}, more={path: CHANGED}))
    trust.add_authority(replace(CA, crl_url="http://new.example/a.crl"))
    wanted = {"certificateRevocationListUrl": "http://new.example/a.crl", DELTA: None}
    assert graph.writes == [(path, wanted)]


def test_authority_that_was_removed_lately_is_brought_back() -> None:
    """Under its old id, and then with the addresses of the order."""
    patch = f"PATCH {CAS}/ca-1"
    back = a_ca(certificateRevocationListUrl="old")
    trust, graph = a_trust(
        standing(
            deleted=(a_ca(2), a_ca(1)),
            more={f"GET {CAS}": [page(), page(back)], RESTORE: CHANGED, patch: CHANGED},
        )
    )
    trust.add_authority(CA)
    assert [asked for asked, _ in graph.writes] == [RESTORE, patch]


def test_authority_that_is_brought_back_and_not_shown_yet_is_not_made_twice() -> None:
    trust, graph = a_trust(standing(deleted=(a_ca(),), more={RESTORE: CHANGED}))
    with pytest.raises(Retryable) as failure:
        trust.add_authority(CA)
    assert failure.value.after
    assert [asked for asked, _ in graph.writes] == [RESTORE]


@pytest.mark.parametrize(
    "changes",
    [
        {f"GET {DELETED}": a_refusal(400, "Request_UnsupportedQuery")},
        {f"GET {DELETED}": a_refusal(403, "Authorization_RequestDenied")},
        {f"GET {DELETED}": a_refusal(404, "Request_ResourceNotFound")},
        {RESTORE: a_refusal(404, "Request_ResourceNotFound")},
        {RESTORE: a_refusal(400, "Request_BadRequest")},
    ],
)
def test_authority_that_cannot_be_brought_back_is_made_anew(changes: Answers) -> None:
    """Its container may be gone, or Graph may not let us look there."""
    answers = {**standing(deleted=(a_ca(),)), **changes, f"POST {CAS}": CREATED}
    trust, graph = a_trust(answers)
    trust.add_authority(CA)
    assert graph.writes[-1][0] == f"POST {CAS}"


def test_authority_that_may_not_be_brought_back_is_not_made_anew() -> None:
    """Neither may be done without the permission."""
    denied = a_refusal(403, "Authorization_RequestDenied")
    trust, _ = a_trust(standing(deleted=(a_ca(),), more={RESTORE: denied}))
    with pytest.raises(NotPermitted, match=r"PublicKeyInfrastructure\.ReadWrite\.All"):
        trust.add_authority(CA)


def test_refusal_of_what_is_there_by_now_is_a_success() -> None:
    """An attempt whose answer was lost may have added it."""
    answers: Answers = {f"GET {CAS}": [page(), page(a_ca())], f"POST {CAS}": REFUSED}
    trust, _ = a_trust(standing(more=answers))
    trust.add_authority(CA)


def test_refusal_of_what_is_not_there_says_what_may_be_the_matter() -> None:
    trust, _ = a_trust(standing(more={f"POST {CAS}": REFUSED}))
    with pytest.raises(Rejected, match="has to be enabled") as failure:
        trust.add_authority(CA)
    assert "secret" not in str(failure.value)


@pytest.mark.parametrize(
    "answer",
    [
        a_refusal(409, "Request_Conflict"),
        a_refusal(404, "Request_ResourceNotFound"),
        a_refusal(400, "Request_BadRequest", "The certificate already exists, secret."),
        a_refusal(400, "Request_BadRequest", "A conflicting object is present, secret."),
    ],
)
def test_refusal_of_what_is_there_and_is_not_shown_is_looked_at_again_later(
    answer: httpx.Response,
) -> None:
    """It was added a moment ago, or its container was, and not every server knows."""
    trust, _ = a_trust(standing(more={f"POST {CAS}": answer}))
    with pytest.raises(Retryable, match="does not show everywhere yet") as failure:
        trust.add_authority(CA)
    assert failure.value.after
    assert "secret" not in str(failure.value)


def test_what_is_no_certificate_is_not_sent() -> None:
    trust, graph = a_trust(standing())
    with pytest.raises(Rejected):
        trust.add_authority(replace(CA, certificate=b"none"))
    assert graph.requests == []


def test_authority_is_removed_wherever_its_certificate_stands() -> None:
    """The ids that are known may be those of another time."""
    trust, graph = a_trust(
        standing(
            a_ca(id="new-id"),
            a_ca(id="again"),
            a_ca(2),
            more={
                f"DELETE {CAS}/new-id": DONE,
                f"DELETE {CAS}/again": a_refusal(404, "Request_ResourceNotFound"),
            },
        )
    )
    trust.remove_authority(CA)
    deleted = [asked for asked, _ in graph.writes]
    assert deleted == [f"DELETE {CAS}/new-id", f"DELETE {CAS}/again"]


def test_removing_what_is_gone_does_nothing() -> None:
    trust, graph = a_trust(standing(a_ca(2)))
    trust.remove_authority(CA)
    assert graph.writes == []


def test_of_authorities_without_certificate_only_the_named_one_is_removed() -> None:
    trust, graph = a_trust(
        standing(
            a_ca(1, certificate=None), a_ca(2, certificate=None), more={f"DELETE {CAS}/ca-2": DONE}
        )
    )
    trust.remove_authority(replace(CA, certificate=b"", authority_id="ca-2"))
    assert [asked for asked, _ in graph.writes] == [f"DELETE {CAS}/ca-2"]


@pytest.mark.parametrize(
    ("wanted", "sent"),
    [
        (("http://a.example/", "http://b.example/"), ("http://a.example/", "http://b.example/")),
        (("http://a.example/", ""), ("http://a.example/", None)),
        (("", ""), (None, None)),
    ],
)
def test_addresses_are_set_and_nothing_else_is(wanted: tuple[str, str], sent: Any) -> None:  # noqa: ANN401 - texts or null
    path = f"PATCH {CAS}/ca-1"
    trust, graph = a_trust(standing(a_ca(), a_ca(2), more={path: CHANGED}))
    trust.set_crl(CA, *wanted)
    assert graph.writes == [(path, {"certificateRevocationListUrl": sent[0], DELTA: sent[1]})]


def test_addresses_that_stand_are_not_set_again() -> None:
    trust, graph = a_trust(standing(a_ca()))
    trust.set_crl(CA, HERE, "")
    assert graph.writes == []


def test_addresses_of_an_unknown_authority_cannot_be_set() -> None:
    trust, graph = a_trust(standing(a_ca(2)))
    with pytest.raises(NotFound):
        trust.set_crl(CA, HERE, "")
    assert graph.writes == []


@pytest.mark.parametrize(
    "link",
    [
        "https://other.example/v1.0/x",
        "http://graph.example/v1.0/x",
        f"{BASE}/beta/x",
        f"{BASE}/v1.0/{CAS}",
    ],
)
def test_pages_that_lead_elsewhere_are_not_followed(link: str) -> None:
    """The token is Graph's alone; a loop has no end."""
    first = httpx.Response(200, json={"value": [a_ca()], "@odata.nextLink": link})
    trust, graph = a_trust({f"GET {PKIS}": ONE, f"GET {CAS}": first})
    with pytest.raises(Retryable):
        trust.authorities()
    assert len(graph.requests) == 2
