"""Whatever is sent to the two doors: never a failure of ours, never a yes to something lost."""

import json
import socket
from typing import Any
from urllib.parse import quote, urlsplit

import httpx
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from infra.local import contoso
from infra.local.simulators.mdm import standard_webhooks_request
from infra.local.world import World, utc_now
from tests.e2e.asking import an_order, awaits_the_phone
from tests.e2e.looking import finished, operation, until

FEW = settings(
    max_examples=60, deadline=None, derandomize=True, database=None, report_multiple_bugs=False
)
KNOWN = {"device.compliant", "device.noncompliant", "device.retired", "device.lost"}

header_text = st.text(st.characters(min_codepoint=0x20, max_codepoint=0xFF), max_size=60).map(
    str.strip
)
header_names = st.one_of(
    st.sampled_from(
        ["webhook-id", "webhook-timestamp", "webhook-signature", "content-type", "accept", "cookie"]
    ),
    st.from_regex(r"[A-Za-z0-9-]{1,20}", fullmatch=True).filter(
        lambda name: (
            name.lower()
            not in {
                "content-length",
                "transfer-encoding",
                "host",
                "connection",
                "expect",
                "upgrade",
            }
        )
    ),
)
headers = st.lists(st.tuples(header_names, header_text), max_size=8)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=6,
)
moments = st.one_of(
    st.datetimes(timezones=st.timezones()).map(lambda moment: moment.isoformat()),
    st.sampled_from(["0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59.999999-23:59"]),
    json_values,
)
names = st.one_of(st.text(max_size=400), st.sampled_from([contoso.MAILBOX, contoso.PHONE]))
reports = st.fixed_dictionaries(
    {
        "type": st.sampled_from(sorted(KNOWN)),
        "timestamp": moments,
        "data": st.fixed_dictionaries({"mailbox": names, "device_id": names}),
    }
)
bodies = st.one_of(st.binary(max_size=200), st.one_of(reports, json_values).map(json.dumps))


def as_bytes(body: bytes | str) -> bytes:
    """Return the body as it goes over the wire."""
    return body if isinstance(body, bytes) else body.encode()


def raw(named: list[tuple[str, str]]) -> list[tuple[bytes, bytes]]:
    """Return headers as bytes, which httpx sends as they are."""
    return [(name.encode(), value.encode("latin-1")) for name, value in named]


GENUINE = (
    '{"type": "device.compliant", "timestamp": "2026-05-04T10:00:00Z", '
    '"data": {"mailbox": "adele@contoso.com", "device_id": "NOBODYS"}}'
)


def test_no_delivery_without_a_signature_gets_in(world: World, client: httpx.Client) -> None:
    """Whatever headers and bodies come: a refusal, and none that is our own failure."""

    @FEW
    @given(sender=st.text(min_size=1, max_size=80), named=headers, body=bodies)
    @example(sender=contoso.SENDER, named=[], body=b"")
    @example(sender=contoso.SENDER, named=[("webhook-timestamp", "²")], body=b"")
    def send(sender: str, named: list[tuple[str, str]], body: bytes | str) -> None:
        for name in (quote(sender, safe=""), contoso.SENDER):
            url = httpx.URL(world.url).copy_with(raw_path=f"/api/mdm/{name}".encode())
            answer = client.post(url, content=as_bytes(body), headers=raw(named))
            assert answer.status_code in {401, 404}

    send()


def test_what_a_signed_delivery_is_told_is_true(world: World, client: httpx.Client) -> None:
    """A yes means that the report is stored, or that its type is none of ours."""
    accepted: set[str] = set()

    @FEW
    @given(body=bodies, message_id=header_text.filter(bool), named=headers)
    @example(body=GENUINE, message_id="genuine", named=[])
    def send(body: bytes | str, message_id: str, named: list[tuple[str, str]]) -> None:
        content = as_bytes(body)
        request = standard_webhooks_request(
            f"{world.url}/api/mdm/{contoso.SENDER}",
            secrets=[world.webhook_secret],
            body=content,
            message_id="msg_" + message_id.encode("ascii", "replace").decode(),
            sent_at=utc_now(),
        )
        extra = [(name, value) for name, value in named if not name.startswith("webhook-")]
        request.headers = httpx.Headers([*request.headers.raw, *raw(extra)])
        answer = client.send(request)
        assert answer.status_code in {202, 400}
        if answer.status_code == 202:
            note(answer.json()["operation_ids"], json.loads(content)["type"])

    def note(operation_ids: list[str], kind: object) -> None:
        assert len(operation_ids) == (kind in KNOWN)
        accepted.update(operation_ids)

    send()
    assert accepted
    until(lambda: all(handled(world, client, each) for each in accepted), "all are handled")


def test_what_an_order_is_told_is_true(world: World, client: httpx.Client) -> None:
    """A yes means that the order is stored, and comes to an end."""
    accepted: set[str] = set()
    order = an_order(world.phone, "block")
    fields: dict[str, st.SearchStrategy[Any]] = {
        "command_id": st.uuids().map(str),
        "mailbox": names,
        "device_id": names,
        "reason": st.text(max_size=1100),
        "action": st.sampled_from(["allow", "block", "clear", "quarantine", "wipe_account"]),
        "requested_by": names,
        "waiting_since": moments,
        "attempt": json_values,
        "extra": json_values,
    }
    changes = st.fixed_dictionaries({}, optional=fields)

    @FEW
    @given(change=changes, named=headers)
    def send(change: dict[str, Any], named: list[tuple[str, str]]) -> None:
        content = json.dumps(order | change).encode()
        key = [("x-functions-key", world.function_key)]
        kept = [pair for pair in named if pair[0].lower() != "x-functions-key"]
        answer = client.post(f"{world.url}/api/commands", content=content, headers=raw(key + kept))
        assert answer.status_code in {202, 400, 409, 413}
        if answer.status_code == 202:
            accepted.add(answer.json()["operation_id"])
            assert operation(world, client, answer.json()["operation_id"])

    send()
    assert accepted
    until(lambda: all(finished(world, client, each) for each in accepted), "all are handled")


@pytest.mark.parametrize(
    "request_line",
    [
        b"POST /api/mdm/%00 HTTP/1.1",
        b"POST /api/mdm/%ff%fe HTTP/1.1",
        b"POST /api/mdm/" + b"a" * 3000 + b" HTTP/1.1",
        b"POST /api/mdm/../commands HTTP/1.1",
        b"POST /api/mdm/portal?x=%zz HTTP/1.1",
        b"PUT /api/mdm/portal HTTP/1.1",
        b"POST /api/commands?code= HTTP/1.1",
        b"POST //api//commands HTTP/1.1",
        b"BREW /api/commands HTCPCP/1.0",
    ],
    ids=lambda line: line[:40].decode(),
)
@pytest.mark.parametrize(
    "extra",
    [
        b"Content-Length: 0",
        b"Content-Length: -1",
        b"Content-Length: 99999999999999",
        b"Transfer-Encoding: chunked",
        b"webhook-id: \xff\xfe\r\nwebhook-id: again\r\nContent-Length: 0",
    ],
    ids=lambda header: header[:24].decode("latin-1"),
)
def test_no_request_as_such_is_answered_with_a_failure(
    world: World, client: httpx.Client, request_line: bytes, extra: bytes
) -> None:
    status = spoken(world.url, b"\r\n".join([request_line, b"Host: app", extra, b"", b"0\r\n\r\n"]))

    assert status == 0 or 400 <= status < 500
    assert client.get(f"{world.url}/api/health").status_code == 200


def handled(world: World, client: httpx.Client, operation_id: str) -> bool:
    """Whether nothing is left to do for the app: a phone that is lost may never confirm."""
    is_finished = bool(finished(world, client, operation_id))
    return is_finished or awaits_the_phone(world, client, operation_id)


def spoken(url: str, request: bytes) -> int:
    """Send bytes, say no more, and return the answer's status; 0 if there is none."""
    address = urlsplit(url)
    with socket.create_connection((str(address.hostname), int(address.port or 0)), 5) as wire:
        wire.sendall(request)
        wire.shutdown(socket.SHUT_WR)
        line = wire.makefile("rb").readline().split()
    return int(line[1]) if line else 0
