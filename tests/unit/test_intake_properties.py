"""Nobody gets in by changing what somebody else has signed, or by sending just anything."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared import sender_messages
from tests.unit.app_world import Answer, request
from tests.unit.intake_senders import EXAMPLES, answered, bringing
from tests.unit.intake_world import KEYS, TOLD, an_event, app_for, every_vendor, stored
from tests.unit.test_vendor_fuzz import trees

SIGNING = [vendor for vendor, example in EXAMPLES.items() if example.signs]
HEADERS = sorted({name.lower() for vendor in TOLD for name in an_event(vendor).headers})


@pytest.mark.parametrize("vendor", SIGNING)
def test_any_byte_of_a_signed_body_counts(vendor: str) -> None:
    """Changed, added or left out: it is refused, and nothing of it is stored."""
    app, sent = app_for(vendor), an_event(vendor)

    @given(
        place=st.integers(0, len(sent.body) - 1),
        byte=st.integers(0, 255),
        way=st.sampled_from(["change", "add", "leave out"]),
    )
    def send(place: int, byte: int, way: str) -> None:
        tail = sent.body[place + (way != "add") :]
        body = sent.body[:place] + (b"" if way == "leave out" else bytes([byte])) + tail
        if body == sent.body:
            return
        asked = request("POST", body, route=sent.route_params, headers=sent.headers)
        assert answered(app, asked).status_code == TOLD[vendor].unverified

    send()
    assert stored(app) == []
    assert answered(app, sent).status_code == TOLD[vendor].taken


anything = st.text(st.characters(), max_size=40)
nearly_right = st.sampled_from(
    [
        *("", "v1,", "v1a," + "A" * 86 + "==", "sha256=", "Bearer ", "Basic =", "1777888800"),
        *("application/json", "application/cloudevents-batch+json", "text/xml; charset=x"),
        *("2026-05-04T10:00:00Z", "1.0", "%ff", "\ud800", "é" * 300),
    ]
)
values = st.one_of(nearly_right, anything)
headers = st.dictionaries(st.one_of(st.sampled_from(HEADERS), anything), values, max_size=6)
parameters = st.sampled_from(["token", "access_token", "code", "validationToken"])
queries = st.dictionaries(st.one_of(parameters, anything), values, max_size=3)
odd = st.sampled_from([b"", b"{}", b"[" * 50_000, b'{"value": [{"clientState": ""}]}', b"<x/>"])
bodies = st.one_of(odd, st.binary(max_size=200), trees.map(lambda tree: json.dumps(tree).encode()))


def is_refused(answer: Answer) -> bool:
    """Tell whether the fault is said to be the caller's."""
    return 400 <= answer.status_code < 500 and "Retry-After" not in answer.headers


def is_echo(answer: Answer, query: dict[str, str]) -> bool:
    """Tell whether this is the answer to a validation of our address, which anybody may ask."""
    token = query.get("validationToken", "").encode(errors="replace")
    return (answer.status_code, answer.mimetype, answer.get_body()) == (200, "text/plain", token)


@every_vendor
def test_whatever_a_stranger_sends_is_the_strangers_fault(vendor: str) -> None:
    """Never a 5xx, which would be our alarm, and never a 2xx for what is not stored."""
    app = app_for(vendor)

    @given(method=st.sampled_from(["POST", "OPTIONS"]), body=bodies, given_=headers, query=queries)
    def send(method: str, body: bytes, given_: dict[str, str], query: dict[str, str]) -> None:
        asked = request(method, body, route={"sender": "portal"}, params=query, headers=given_)
        answer = answered(app, asked)
        assert is_refused(answer) or (vendor == "graph" and is_echo(answer, query))

    send()
    assert (stored(app), app.unheeded.rows) == ([], {})


@st.composite
def spoiled(draw: st.DrawFn, document: dict[str, object]) -> dict[str, object]:
    """Return a genuine event with anything in place of one of its parts."""
    event: dict[str, object] = json.loads(json.dumps(document))
    holder = event
    while True:
        key = draw(st.sampled_from(sorted(holder)))
        inner = holder[key]
        if not (isinstance(inner, dict) and inner) or draw(st.booleans()):
            holder[key] = draw(st.one_of(trees, st.text(st.characters(), max_size=400)))
            return event
        holder = inner


@every_vendor
def test_whatever_a_proved_sender_sends_is_taken_or_its_own_fault(vendor: str) -> None:
    """What is taken is stored in a shape that is read again, counted, or nothing to us."""
    app, secret, holds = app_for(vendor), KEYS[vendor].signs, EXAMPLES[vendor].holds
    # A secret inside a body that is no JSON proves nothing.
    expected = {TOLD[vendor].taken, 400, *([401] if holds else [])}
    document = json.loads(an_event(vendor).body)
    documents = spoiled(document["value"][0] if vendor == "graph" else document).map(
        lambda item: json.dumps({"value": [item]} if vendor == "graph" else item).encode()
    )

    @given(body=documents if holds else st.one_of(documents, bodies))
    def send(body: bytes) -> None:
        assert answered(app, bringing(vendor, body, secret)).status_code in expected
        for word in stored(app):
            assert sender_messages.read_word(sender_messages.write_word(word)) == word
        app.queue.signals.clear()
        app.queue.reports.clear()

    send()
