"""After a day with every kind of trouble, no secret stands anywhere in plain sight."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial

import httpx
import pytest
from azure.core.exceptions import ResourceExistsError
from azure.storage.blob import BlobServiceClient

from infra.local import contoso
from infra.local.serve import Simulator
from infra.local.simulators.exchange import faults
from infra.local.simulators.mdm.vendors import SENDERS
from infra.local.world import World, utc_now
from tests.e2e.administering import unregistered, with_rights, without_vault_role
from tests.e2e.asking import a_phone, an_order, get, order, post, refused, report, wiped
from tests.e2e.canaries import Canaries, leaks, spelled_key, spelled_text, spelled_token
from tests.e2e.fuse import Fuse, busy, cut_after_effect, cut_before_effect
from tests.e2e.keys import run_the_watch
from tests.e2e.looking import abandoned_events, done, rows, until, waits_for
from tests.e2e.managing import address, composed, managed, signs
from tests.e2e.rummaging import places

MONITOR = "https://monitor.azure.com"


@dataclass
class Day:
    """A world with its secrets known and all its answers kept."""

    world: World
    canaries: Canaries
    fuse: Fuse
    client: httpx.Client
    answers: list[httpx.Response] = field(default_factory=list)

    def found(self) -> dict[str, str]:
        """Return all that was written down, place by place."""
        return places(self.world, self.canaries, self.answers)


@pytest.fixture(scope="module")
def day() -> Iterator[Day]:
    """Run a world through everything that works and everything that fails."""
    canaries, fuse = Canaries(), Fuse()

    def watch(name: str, simulator: Simulator) -> Simulator:
        return canaries.watch(name, fuse.watch(name, simulator))

    answers: list[httpx.Response] = []

    def keep(answer: httpx.Response) -> None:
        answer.read()
        answers.append(answer)

    with (
        World(embedded=True, lease=1, wipe_settle=1.0, watch=watch) as world,
        httpx.Client(timeout=30.0, event_hooks={"response": [keep]}) as client,
    ):
        day = Day(world, canaries, fuse, client, answers)
        _doors(day)
        _exchange(day)
        _azure(day)
        _messages(day)
        _senders(day)
        _telemetry(day)
        yield day


def test_no_secret_stands_anywhere(day: Day) -> None:
    """Log, tables, queues, blobs, all that was ever sent to storage, events and answers."""
    found = day.found()

    assert leaks(day.canaries.spellings(day.world), found) == set()


def test_the_day_saw_what_it_should_have_seen(day: Day) -> None:
    """A search through nothing would find nothing."""
    found = day.found()
    statuses = {answer.status_code for answer in day.answers}

    assert {200, 202, 204, 400, 401, 404, 409, 413, 429, 503} <= statuses
    assert len(day.canaries.tokens) > 3
    assert len(day.canaries.assertions) > 3
    assert len(day.world.vault.private_keys()) == 1
    for trouble in ("HTTP 403", "HTTP 503", "given up"):
        assert trouble in found["log"], trouble
    for trouble in ("AADSTS50027", "AADSTS700027", "check its role assignments"):
        assert trouble in found["answers"], trouble
    assert all(contoso.TENANT_ID in found[place] for place in ("tables", "events", "answers"))
    assert contoso.CERTIFICATE in found["answers"]
    assert "Host.Functions.on_certificate_schedule" in found["blobs"]
    assert "easgate.signal.v1" in found["sent to storage"]
    assert all(f"mdm:{name}" in found["tables"] for name in SENDERS)
    assert "a chunked body does not reach the function" in found["log"]
    for told in ("on_webhook", "Exchange Set-CASMailbox", "answered 401", "is given up"):
        assert told in found["telemetry"], told


def test_a_secret_that_leaks_is_found_in_every_place(day: Day) -> None:
    """The last of this file: it plants the webhook secret."""
    world, secret = day.world, day.world.webhook_secret
    phone = a_phone(world, "planted")
    told = {**an_order(phone, "block"), "mailbox": secret, "reason": secret}
    post(world, day.client, "commands", told)
    until(lambda: secret in json.dumps(world.topic.events), "the secret is announced")
    world.put("planted", secret)
    _plant_in_telemetry(world, secret)
    with (
        BlobServiceClient.from_connection_string(world.connection_string) as service,
        suppress(ResourceExistsError),
    ):
        service.create_container("planted").upload_blob("planted", secret)

    found = leaks(day.canaries.spellings(world), day.found())

    assert {place for name, place in found if name == "the webhook secret"} == set(day.found())


def test_the_search_knows_every_spelling(day: Day) -> None:
    """Each spelling, hidden in a text, is found and named."""
    spelled = day.canaries.spellings(day.world)
    token = next(iter(day.canaries.tokens))
    (key,) = day.world.vault.private_keys()

    for secret in (
        *spelled_text(day.world.webhook_secret),
        *(spelled for name in SENDERS for spelled in spelled_text(signs(day.world, name))),
        *spelled_text(day.world.function_key),
        *spelled_token(token),
        *spelled_key(key),
    ):
        assert leaks(spelled, {"here": f"a line with {secret} in it"})
    assert leaks(spelled, {"here": "a line without"}) == set()


def _doors(day: Day) -> None:
    """Knock at every door, rightly and wrongly."""
    world, client = day.world, day.client
    mdm = world.mdm(client)
    body = mdm.payload("device.noncompliant", mailbox=contoso.MAILBOX, device_id=contoso.PHONE)
    mdm.send(body, message_id="msg_day")
    mdm.send(body.replace(b"noncompliant", b"compliant"), message_id="msg_day")
    mdm.send_forged(body)
    mdm.send_stale(body)
    mdm.send(b"not json " + world.webhook_secret.encode())
    mdm.send(b" " * (256 * 1024 + 1))
    client.post(f"{world.url}/api/mdm/stranger", content=body)
    client.post(f"{world.url}/api/commands?code=guessed", json={})
    client.get(f"{world.url}/api/health/dependencies?code={world.function_key}")
    client.get(f"{world.url}/api/openapi.json")
    post(world, client, "commands", {"reason": world.function_key})
    ordered = an_order(world.phone, "allow")
    post(world, client, "commands", ordered)
    post(world, client, "commands", ordered | {"action": "block"})
    get(world, client, "certificate")
    post(world, client, "certificate/validate")
    key = {"x-functions-key": world.master_key}
    schedule = f"{world.url}/admin/functions/on_certificate_schedule"
    client.post(schedule, json={"input": ""}, headers=key)
    until(lambda: done(world, client, str(ordered["command_id"])), "the order is carried out")


def _exchange(day: Day) -> None:
    """Let Exchange refuse, break and forbid."""
    world, client = day.world, day.client
    for number, fault in enumerate(
        (
            faults.unauthorized(),
            faults.forbidden_nul(),
            faults.forbidden_with_diagnostics("no"),
            faults.unavailable("30"),
            faults.dropped_after_effect(),
            faults.failing("The operation failed."),
        )
    ):
        phone = a_phone(world, f"trouble{number}")
        world.exchange.faults.inject(fault, cmdlet="Set-CASMailbox")
        operation_id = order(world, client, phone, "block")
        until(partial(_is_seen, day, operation_id), "the trouble has been met")
    wiped(world, client, a_phone(world, "wiped"), "wipe_account")
    refused(world, client, a_phone(world, "unheld"), "quarantine")


def _azure(day: Day) -> None:
    """Let every service around fail, in ways that show it what must not be passed on."""
    world, client, fuse = day.world, day.client, day.fuse
    for service, failing in (
        ("topic", busy),
        ("topic", cut_after_effect),
        ("tables", busy),
        ("tables", cut_before_effect),
        ("queues", busy),
    ):
        with fuse.blown(service, failing), suppress(AssertionError):
            report(world, client, a_phone(world, f"{service}{failing.__name__}"), "device.lost")
    for service, failing in (
        ("entra", _echoing),
        ("entra", busy),
        ("vault", busy),
        ("vault", cut_before_effect),
        ("identity", busy),
        ("exchange", busy),
    ):
        with fuse.blown(service, failing):
            _look(day)
    with unregistered(world):
        _look(day)
    with without_vault_role(world, "Key Vault Crypto User"):
        _look(day)
    with with_rights(world, may_manage=False, is_member=True):
        _look(day)


def _messages(day: Day) -> None:
    """Queue what cannot be carried out."""
    before = abandoned_events(day.world)
    day.world.put("device-commands", "neither JSON nor anything")
    day.world.put("device-signals", json.dumps({"schema": "easgate.signal.v1"}))
    until(lambda: abandoned_events(day.world) >= before + 2, "both are abandoned")


def _senders(day: Day) -> None:
    """Let every sender speak: rightly, cut short, with its secret where it does not belong."""
    world, client = day.world, day.client
    calls = [
        composed(world, name, event, managed(world, f"{name}-says-{number}").phone)
        for name, sender in SENDERS.items()
        for number, event in enumerate(sender.events[:2])
    ]
    for call in calls:
        client.send(call)
        client.post(call.url, headers=_without_length(call), content=call.content[:-1])
        client.post(call.url, headers=_without_length(call), content=iter([call.content]))
    with day.fuse.blown("queues", busy), ThreadPoolExecutor(len(SENDERS)) as pool:
        wait(pool.submit(client.send, call) for call in calls[::2])
    for name in SENDERS:
        secret = {"token": signs(world, name)}
        client.post(address(world, name), params=secret, json=secret)
        client.get(address(world, name), params=secret)
    spoke = {f"mdm:{name}" for name in SENDERS}
    until(lambda: spoke <= {row["asked_by"] for row in rows(world, "journal")}, "all were heard")


def _telemetry(day: Day) -> None:
    """Let the watch look: it sends what the app has to tell of all this."""
    run_the_watch(day.world, day.client)
    until(lambda: "days_left" in json.dumps(day.world.insights.items("MetricData")), "it is told")


def _plant_in_telemetry(world: World, secret: str) -> None:
    """Tell it as the app itself would."""
    token, _ = world.entra.managed_identity_token(MONITOR, contoso.APP_IDENTITY)
    item = {
        "name": "Microsoft.ApplicationInsights.Message",
        "time": utc_now().isoformat(),
        "iKey": world.insights.instrumentation_key,
        "data": {"baseType": "MessageData", "baseData": {"ver": 2, "message": secret}},
    }
    address = f"{world.addresses['insights']}/v2.1/track"
    headers = {"Authorization": f"Bearer {token}"}
    world.insights(httpx.Request("POST", address, json=[item], headers=headers))


def _without_length(call: httpx.Request) -> dict[str, str]:
    return {name: value for name, value in call.headers.items() if name != "content-length"}


def _look(day: Day) -> None:
    get(day.world, day.client, "health/dependencies")
    post(day.world, day.client, "certificate/validate")


def _is_seen(day: Day, operation_id: str) -> bool:
    world, client = day.world, day.client
    return bool(
        waits_for(world, client, operation_id)
        or get(world, client, f"operations/{operation_id}").json()["state"] in {"done", "abandoned"}
    )


def _echoing(simulator: Simulator, request: httpx.Request) -> httpx.Response:
    """Refuse an assertion, and quote it, as an over-helpful error page would."""
    if request.method != "POST":
        return simulator(request)
    said = request.content.decode()
    refusal = {"error": "invalid_request", "error_codes": [50027], "error_description": said}
    return httpx.Response(400, json=refusal)
