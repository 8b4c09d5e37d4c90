"""Graph reads a file of many certificates: one at a time, and the PKI says how it goes on."""

import hashlib
from datetime import timedelta
from typing import Any

import httpx
import pytest

from infra.local.simulators.graph import Graph, Outbound
from tests.contract.graph_authorities import PKIS, READ, WRITE, Trusting, a_bundle, an_authority
from tests.contract.graph_world import refused

ROOT, BELOW = an_authority("root"), an_authority("below", issuer="root")
BUNDLE = a_bundle(ROOT, BELOW)
URL = "https://files.contoso.example/pki.p7b"
BAD = (400, "Request_BadRequest")


@pytest.fixture
def world() -> Trusting:
    made = Trusting()
    made.graph.trust.files[URL] = BUNDLE
    return made


def upload(world: Trusting, *, content: bytes = BUNDLE, **change: object) -> httpx.Response:
    sent = {"uploadUrl": URL, "sha256FileHash": hashlib.sha256(content).hexdigest().upper()}
    return world.call("POST", f"{PKIS}/{world.pki}/upload", WRITE, body=sent | change)


def pki(world: Trusting) -> dict[str, Any]:
    shown: dict[str, Any] = world.call("GET", f"{PKIS}/{world.pki}", READ).json()
    return shown


def test_an_upload_runs_for_a_while_and_then_the_authorities_are_there(world: Trusting) -> None:
    world.graph.trust.upload_takes = timedelta(minutes=20)

    assert upload(world).status_code == 204

    assert (pki(world)["status"], world.listed()) == ("running", [])
    world.clock.now += timedelta(minutes=20)
    assert pki(world)["status"] == "succeeded"
    assert [one["certificateAuthorityType"] for one in world.listed()] == ["root", "intermediate"]


def test_only_one_runs_at_a_time(world: Trusting) -> None:
    world.graph.trust.upload_takes = timedelta(minutes=20)
    upload(world)

    assert refused(upload(world)) == BAD
    assert refused(world.call("DELETE", f"{PKIS}/{world.pki}", WRITE)) == BAD


def test_a_duplicate_is_refused_at_once(world: Trusting) -> None:
    world.added(BELOW)

    again = upload(world)

    assert refused(again) == BAD
    assert "Duplicate Certificate exists" in again.json()["error"]["message"]
    assert (pki(world)["status"], len(world.listed())) == ("succeeded", 1)


@pytest.mark.parametrize(
    ("content", "expected"),
    [(b"other", BUNDLE), (b"no p7b", b"no p7b"), (None, BUNDLE)],
    ids=["another hash", "another format", "not there"],
)
def test_a_file_that_cannot_be_used_fails_the_upload(
    world: Trusting, content: bytes | None, expected: bytes
) -> None:
    world.graph.trust.files.clear()
    if content is not None:
        world.graph.trust.files[URL] = content

    assert upload(world, content=expected).status_code == 204

    assert pki(world)["status"] == "failed"
    assert pki(world)["statusDetails"]
    assert world.listed() == []


@pytest.mark.parametrize(
    "change",
    [{"uploadUrl": "files/pki.p7b"}, {"sha256FileHash": "xyz"}, {"sha256FileHash": None}, {"a": 1}],
    ids=["no address", "no hash", "null", "unknown"],
)
def test_a_body_of_the_wrong_form_is_refused(world: Trusting, change: dict[str, Any]) -> None:
    assert refused(upload(world, **change)) == BAD
    assert world.call("POST", f"{PKIS}/{world.pki}/upload", READ).status_code == 403


def test_with_a_way_out_the_file_is_fetched_from_public_addresses_only(world: Trusting) -> None:
    asked: list[str] = []

    def serve(request: httpx.Request) -> httpx.Response:
        asked.append(str(request.url))
        return httpx.Response(200, content=BUNDLE)

    client = httpx.Client(transport=httpx.MockTransport(serve))
    outbound = Outbound(client=client, sign=lambda _tenant, _app: "")
    world.graph = Graph(
        directory=world.directory, jwks=world.jwks, clock=world.clock, outbound=outbound
    )
    world.pki = world.graph.trust.pki(world.tenant).pki_id

    assert upload(world, uploadUrl="http://127.0.0.1/pki.p7b").status_code == 204
    assert (pki(world)["status"], asked) == ("failed", [])
    assert upload(world).status_code == 204
    assert (pki(world)["status"], asked) == ("succeeded", [URL])
    assert len(world.listed()) == 2
