"""CloudEvents in their three modes, and the handshake before them."""

import base64
import json
from http import HTTPStatus
from uuid import UUID

import pytest

from shared.errors import Rejected
from shared.mdm.settings import Fields, SenderSettings
from shared.mdm.vendors import KNOWN, vendor_for
from tests.unit.builders import TENANT
from tests.unit.calls import a_call, proved
from tests.unit.vendor_cases import CASES

ONE = {"content-type": "application/cloudevents+json"}
SEVERAL = {"content-type": "application/cloudevents-batch+json; charset=utf-8"}
BINARY = {
    "ce-specversion": "1.0",
    "ce-type": "device.lost",
    "ce-id": "1",
    "ce-source": "/mdm",
    "ce-subject": "phones/Adele%C3%A9",
}
EVENT = {
    "specversion": "1.0",
    "type": "device.lost",
    "id": "1",
    "source": "/mdm",
    "subject": "phones/1",
}

read = KNOWN["cloudevents"].read


def encoded(event: object) -> bytes:
    return json.dumps(event).encode()


def test_event_without_data_is_about_its_subject() -> None:
    """In binary mode the attributes are written with percent signs."""
    (heard,) = read(proved(b"", BINARY))
    assert (heard.kind, heard.subject.mdm_id) == ("device.lost", "phones/Adeleé")
    assert heard.event_id == "/mdm 1"


def test_data_in_base64_are_read() -> None:
    """As a producer may send them."""
    data = base64.b64encode(b'{"serial": "A1"}').decode()
    (heard,) = read(proved(encoded({**EVENT, "data_base64": data}), ONE))
    assert heard.subject.serial == "A1"


@pytest.mark.parametrize("packed", ["!", "/w==", "e30", 7])
def test_data_in_base64_that_cannot_be_read_leave_the_event(packed: object) -> None:
    """Its subject still names the device."""
    (heard,) = read(proved(encoded({**EVENT, "data_base64": packed}), ONE))
    assert heard.subject.mdm_id == "phones/1"


@pytest.mark.parametrize("missing", ["id", "source"])
def test_half_of_an_events_name_is_none(missing: str) -> None:
    """An id is only unique beside its source: two events would look like one."""
    (heard,) = read(proved(encoded({**EVENT, missing: ""}), ONE))
    assert heard.event_id == ""


def test_own_paths_go_before_the_usual_names() -> None:
    """They begin at the event, so that extensions can be read as well."""
    fields = Fields(kind=("state",), serial=("data.phone.sn",))
    settings = SenderSettings(
        vendor="cloudevents", tenant_id=UUID(TENANT), secret_name="s", fields=fields
    )
    data = {"phone": {"sn": "A1"}, "serial": "B2", "udid": "U1"}
    body = encoded({**EVENT, "state": "stolen", "data": data})

    (heard,) = vendor_for(settings).read(proved(body, ONE))

    assert (heard.kind, heard.subject.serial, heard.subject.udid) == ("stolen", "A1", "U1")


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        ({"content-type": "application/json"}, encoded(EVENT)),
        ({}, encoded(EVENT)),
        (ONE, encoded([EVENT])),
        (ONE, encoded({**EVENT, "specversion": "0.3"})),
        (ONE, encoded({**EVENT, "type": None})),
        (ONE, encoded({**EVENT, "subject": ""})),  # lost, and nobody
        (SEVERAL, encoded(EVENT)),
        (SEVERAL, b"{}"),
        (SEVERAL, encoded([{**EVENT, "subject": ""}])),
        ({**BINARY, "content-type": "text/plain"}, b"{}"),
        ({**BINARY, "content-type": "application/json"}, b"{"),
    ],
)
def test_call_that_is_no_readable_event_is_rejected(headers: dict[str, str], body: bytes) -> None:
    """Another content type among them."""
    with pytest.raises(Rejected):
        read(proved(body, headers))


def test_empty_batch_is_taken() -> None:
    """The format allows it."""
    assert list(read(proved(b"[]", SEVERAL))) == []


ASKING = {"webhook-request-origin": "MDM.example.com", "webhook-request-callback": "http://x"}


def test_origin_that_is_allowed_may_send() -> None:
    """The answer is in our words, not in the asker's."""
    answer = KNOWN["cloudevents"].greet(
        a_call(headers=ASKING, method="OPTIONS"), ("mdm.example.com",)
    )
    assert answer is not None
    assert (answer.status, answer.text) == (HTTPStatus.OK, "")
    assert answer.headers == {"WebHook-Allowed-Origin": "mdm.example.com", "Allow": "POST"}


def test_rate_is_allowed_where_one_is_asked_for() -> None:
    """Any: what comes in only goes to a queue."""
    call = a_call(headers={**ASKING, "webhook-request-rate": "120"}, method="OPTIONS")
    answer = KNOWN["cloudevents"].greet(call, ("*",))
    assert answer is not None
    assert answer.headers["WebHook-Allowed-Rate"] == "*"
    assert answer.headers["WebHook-Allowed-Origin"] == "*"


def test_origin_that_nobody_allowed_may_not_send() -> None:
    """What counts is the header that is not there."""
    answer = KNOWN["cloudevents"].greet(
        a_call(headers=ASKING, method="OPTIONS"), ("other.example",)
    )
    assert answer is not None
    assert (answer.status, answer.headers) == (HTTPStatus.FORBIDDEN, {})


@pytest.mark.parametrize("name", sorted(CASES))
def test_delivery_is_no_greeting(name: str) -> None:
    """Only an OPTIONS with an origin is one, and only here."""
    assert KNOWN[name].greet(a_call(headers=ASKING), ("*",)) is None
    assert KNOWN[name].greet(a_call(method="OPTIONS"), ("*",)) is None
