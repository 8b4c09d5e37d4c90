"""How the classic store of authorities in Microsoft Graph is read and replaced."""

from datetime import timedelta
from typing import Any

import httpx
import pytest

from shared.errors import NotPermitted, Rejected, Retryable
from shared.trust.authority import Authority, Store
from tests.unit.entra import a_der
from tests.unit.graph_answers import a_refusal
from tests.unit.trust_answers import (
    CLASSIC,
    CLASSIC_ID,
    DONE,
    HERE,
    Answer,
    Answers,
    a_classic,
    a_trust,
    base64_of,
    page,
)

GET, POST, DELETE = f"GET {CLASSIC}", f"POST {CLASSIC}", f"DELETE {CLASSIC}/{CLASSIC_ID}"
CREATED = httpx.Response(201, json=a_classic(1))


def an_authority(serial: int = 1, **changes: Any) -> Authority:  # noqa: ANN401 - fields
    """Return an authority as the classic store has it."""
    fields: dict[str, Any] = {
        "store": Store.CLASSIC,
        "certificate": a_der(serial),
        "is_root": True,
        "crl_url": HERE,
    }
    return Authority(**{**fields, **changes})


def standing(*serials: int, **answers: Answer) -> Answers:
    """Return the answers of a store that holds these; *post* and *delete* are to writes."""
    shown = page(a_classic(*serials)) if serials else page()
    writes = {"post": CREATED, "delete": DONE, **answers}
    return {GET: shown, POST: writes["post"], DELETE: writes["delete"]}


def test_authorities_are_listed() -> None:
    trust, _ = a_trust({GET: page(a_classic(1, 2))})
    assert trust.classic_authorities() == (an_authority(1), an_authority(2))


@pytest.mark.parametrize(
    "answer", [page(), page(a_classic()), page({"id": CLASSIC_ID, "certificateAuthorities": None})]
)
def test_empty_store_holds_nothing(answer: httpx.Response) -> None:
    trust, _ = a_trust({GET: answer})
    assert trust.classic_authorities() == ()


def test_what_is_no_certificate_is_listed_as_it_is_stored() -> None:
    shown = {"isRootAuthority": None, "certificate": "bm9uZQ==", "issuer": None}
    trust, _ = a_trust({GET: page({"id": CLASSIC_ID, "certificateAuthorities": [shown]})})
    unreadable = Authority(store=Store.CLASSIC, certificate=b"none", is_root=False)
    assert trust.classic_authorities() == (unreadable,)


def test_store_is_deleted_and_made_anew() -> None:
    trust, graph = a_trust(standing(1))
    wanted = [an_authority(1), an_authority(2, is_root=False, crl_url="", delta_crl_url="d")]
    trust.replace_classic(wanted)
    first = {"certificate": base64_of(1), "isRootAuthority": True}
    second = {"certificate": base64_of(2), "isRootAuthority": False}
    made = [
        {**first, "certificateRevocationListUrl": HERE},
        {**second, "deltaCertificateRevocationListUrl": "d"},
    ]
    assert graph.writes == [(DELETE, None), (POST, {"certificateAuthorities": made})]


def test_store_that_holds_just_these_is_left_alone() -> None:
    """In whatever order, and whatever they are called."""
    trust, graph = a_trust(standing(1, 2))
    trust.replace_classic([an_authority(2, name="any"), an_authority(1)])
    assert graph.writes == []


@pytest.mark.parametrize(
    "wanted",
    [
        [an_authority(1)],
        [an_authority(1), an_authority(1), an_authority(2)],
        [an_authority(1), an_authority(2, is_root=False)],
        [an_authority(1), an_authority(2, crl_url="other")],
        [an_authority(1), an_authority(2, delta_crl_url="other")],
    ],
)
def test_any_difference_makes_it_anew(wanted: list[Authority]) -> None:
    trust, graph = a_trust(standing(1, 2))
    trust.replace_classic(wanted)
    assert [asked for asked, _ in graph.writes] == [DELETE, POST]


def test_empty_store_is_only_made() -> None:
    """An earlier attempt may have died after the delete."""
    trust, graph = a_trust(standing())
    trust.replace_classic([an_authority()])
    assert [asked for asked, _ in graph.writes] == [POST]


def test_nothing_in_place_of_all_is_only_a_delete() -> None:
    trust, graph = a_trust(standing(1))
    trust.replace_classic([])
    assert [asked for asked, _ in graph.writes] == [DELETE]
    trust, graph = a_trust(standing())
    trust.replace_classic([])
    assert graph.writes == []


def test_store_that_another_hand_deletes_meanwhile_is_made() -> None:
    gone = a_refusal(404, "Request_ResourceNotFound")
    trust, graph = a_trust(standing(1, delete=gone))
    trust.replace_classic([an_authority(2)])
    assert [asked for asked, _ in graph.writes] == [DELETE, POST]


def test_store_that_may_not_be_deleted_stays_as_it_is() -> None:
    trust, graph = a_trust(standing(1, delete=a_refusal(403, "Authorization_RequestDenied")))
    with pytest.raises(NotPermitted, match=r"Organization\.ReadWrite\.All"):
        trust.replace_classic([an_authority(2)])
    assert [asked for asked, _ in graph.writes] == [DELETE]


@pytest.mark.parametrize(
    "answer",
    [
        httpx.ReadTimeout("slow"),
        httpx.Response(503),
        httpx.Response(302),
        a_refusal(403, "Authorization_RequestDenied"),
        a_refusal(409, "Request_Conflict"),
        a_refusal(400, "Request_BadRequest", "It already exists, secret."),
    ],
)
def test_what_fails_after_the_delete_says_that_the_store_is_empty(answer: Answer) -> None:
    """A repeat makes it."""
    trust, _ = a_trust(standing(1, post=answer))
    with pytest.raises(Retryable, match="holds nothing now") as failure:
        trust.replace_classic([an_authority(2)])
    assert "secret" not in str(failure.value)


INVALID = a_refusal(400, "Request_BadRequest", "Invalid certificate, secret.")


def test_what_was_there_is_made_again_without_a_look_if_the_new_ones_are_refused() -> None:
    """What was deleted a moment ago may be shown for a while, as if nothing were lost."""
    trust, graph = a_trust({**standing(1), POST: [INVALID, CREATED]})
    with pytest.raises(Rejected, match="what was there is made again") as failure:
        trust.replace_classic([an_authority(2)])
    assert [asked for asked, _ in graph.writes] == [DELETE, POST, POST]
    [again] = graph.writes[-1][1]["certificateAuthorities"]
    assert again["certificate"] == base64_of(1)
    assert "secret" not in str(failure.value)


def test_what_is_refused_by_an_empty_store_is_refused_once() -> None:
    trust, graph = a_trust(standing(post=INVALID))
    with pytest.raises(Rejected, match="takes no such authorities"):
        trust.replace_classic([an_authority(2)])
    assert [asked for asked, _ in graph.writes] == [POST]


def test_what_nobody_has_kept_is_not_deleted() -> None:
    """A server that was late may show more than when the change was planned."""
    trust, graph = a_trust(standing(1, 2))
    with pytest.raises(Retryable, match="something else"):
        trust.replace_classic([an_authority(3)], kept=[an_authority(1)])
    with pytest.raises(Retryable, match="something else"):
        trust.replace_classic([an_authority(3)], kept=[])
    assert graph.writes == []
    trust.replace_classic([an_authority(3)], kept=[an_authority(2), an_authority(1)])
    assert [asked for asked, _ in graph.writes] == [DELETE, POST]


def test_wait_that_graph_asks_for_after_the_delete_is_kept() -> None:
    busy = httpx.Response(429, headers={"Retry-After": "7"})
    trust, _ = a_trust(standing(1, post=busy))
    with pytest.raises(Retryable) as failure:
        trust.replace_classic([an_authority(2)])
    assert failure.value.after == timedelta(seconds=7)
