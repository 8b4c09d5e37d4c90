"""Every event that alarms, and those that end what others began, as they are published."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import httpx

from shared.alerts import told
from shared.alerts.told import Told
from shared.credentials.expiry import Stage
from shared.credentials.findings import Finding, Grade
from shared.credentials.mismatch import Kind, Mismatch
from shared.credentials.rotation import Phase
from shared.credentials.validation import LastValidation, Report, Verdict, check, overall
from shared.devices import decide
from shared.devices.model import Action
from shared.devices.operation import Operation, State, opened_by_command
from shared.events.publisher import Publisher
from shared.trust.crl_trouble import CrlTrouble
from shared.trust.watched import (
    CrlPlace,
    CrlStage,
    CrlWord,
    KnownAuthority,
    WatchedAuthority,
)
from tests.unit.builders import NOW, TENANT, a_command, allowed, blocked
from tests.unit.certificates import EXPIRES, a_certificate, an_app
from tests.unit.test_rotation import NEW, a_rotation

ALERT_ID = "6b1d2c1c-0f0d-5a56-9d1b-2f2d4f0f6b60"


class Recorder:
    """An event topic that keeps what it is sent, and its outbox."""

    def __init__(self, status: int = 200) -> None:
        self.status = status
        self.sent: list[bytes] = []
        self.handed_over: list[bytes] = []
        self.publisher = Publisher(
            httpx.Client(transport=httpx.MockTransport(self._take)),
            endpoint="https://topic.example/api/events",
            source="urn:easgate:test",
            token=lambda _: "secret",
            outbox=self.handed_over.append,
        )

    def _take(self, request: httpx.Request) -> httpx.Response:
        self.sent.append(request.content)
        return httpx.Response(self.status)


def an_operation(state: State = State.HELD, why: str = "which device?") -> Operation:
    """Return an operation that stands somewhere."""
    return opened_by_command(a_command(), NOW).stepped(state, why, NOW)


def acted(action: Action) -> Operation:
    """Return an operation that has acted."""
    decision = replace(decide.block(allowed(), "ordered"), action=action)
    operation = opened_by_command(a_command(action=action), NOW)
    return replace(operation, decision=decision, acted_at=NOW, after=blocked(), acknowledged_at=NOW)


def expiring(stage: Stage) -> Told:
    """Return the event of a stage of the certificate."""
    now = EXPIRES - timedelta(days=stage.days)
    return _told(
        lambda to: to.certificate_expiring(
            an_app(), a_certificate(), stage=stage, ends_at=EXPIRES, now=now
        )
    )


def mismatch(kind: Kind) -> Told:
    """Return the event of a mismatch."""
    found = Mismatch(kind=kind, thumbprint="ab" * 32, version="v1")
    return _told(lambda to: to.certificate_mismatch(an_app(), found, occurrence=1, now=NOW))


def secret_expiring(stage: Stage) -> Told:
    """Return the event of a stage of a webhook secret."""
    return _told(
        lambda to: to.webhook_secret_expiring(
            an_app(), "mdm-portal", stage=stage, ends_at=EXPIRES, now=NOW
        )
    )


def ca_expiring(stage: Stage) -> Told:
    """Return the event of a stage of an authority of users' certificates."""
    now = EXPIRES - timedelta(days=stage.days)
    return _told(
        lambda to: to.ca_expiring(an_app(), AUTHORITY, stage=stage, ends_at=EXPIRES, now=now)
    )


def crl_stale(stage: CrlStage) -> Told:
    """Return the event of a CRL that is due, or stale."""
    word = CrlWord(stage=stage, code=CrlTrouble.STALE, says="it has ended", next_update=NOW)
    return _told(lambda to: to.crl_stale(an_app(), PLACE, word, occurrence=1, now=NOW))


def rotated() -> Told:
    """Return the event of a rotation that is done; the old key is the certificate's."""
    old = a_certificate()
    done = a_rotation(phase=Phase.DONE, new=NEW, switched_at=NOW, why="w", remedy="r")
    done = replace(done, old=replace(done.old, thumbprint=old.thumbprint))
    return _told(lambda to: to.certificate_rotated(done))


def held() -> Told:
    """Return the event of an operation that waits for a person."""
    return _told(lambda to: to.operation_held(an_operation()))


def published(kind: str) -> bytes:
    """Return an event of one of our types as Event Grid gets it."""
    event = EXAMPLES[kind]
    fields = {"specversion": "1.0", "datacontenttype": "application/json"}
    return json.dumps({**fields, **_fields(event)}).encode()


def _fields(event: Told) -> dict[str, object]:
    return {
        "id": str(event.id),
        "source": event.source,
        "type": event.type,
        "subject": event.subject,
        "time": event.time.isoformat(),
        "data": event.data,
    }


def _report(*findings: Finding) -> Report:
    checks = tuple(check("a link", Verdict(each)) for each in findings) or (
        check("a link", Verdict(None)),
    )
    return Report(
        tenant_id=TENANT,
        at=NOW,
        grade=overall(checks),
        version="v1",
        thumbprint="ab",
        expires_in_days=9,
        checks=checks,
    )


def _told(tell: Callable[[Publisher], None]) -> Told:
    recorder = Recorder()
    tell(recorder.publisher)
    (sent,) = recorder.handed_over
    assert sent == recorder.sent[0]
    return told.read(sent)


BEFORE = LastValidation(at=NOW, grade=Grade.PASS, codes=(), is_passing=True)
FAILED_ROTATION = a_rotation(phase=Phase.FAILED, new=NEW, why="w", remedy="r")
AUTHORITY = KnownAuthority(
    authority=WatchedAuthority(thumbprint="cd" * 32, name="Contoso Root", ends_at=EXPIRES),
    occurrence=1,
    is_trusted=True,
)
PLACE = CrlPlace(
    thumbprint="cd" * 32,
    name="Contoso Root",
    crl_url="http://crl.contoso.com/root.crl",
    delta_crl_url="",
)
UNREACHABLE = CrlWord(
    stage=CrlStage.UNREACHABLE,
    code=CrlTrouble.TOO_SLOW,
    says="it did not come in 10 s",
    next_update=None,
)
EXAMPLES: dict[str, Told] = {
    event.kind: event
    for event in (
        expiring(Stage.DAYS_14),
        expiring(Stage.EXPIRED),
        secret_expiring(Stage.DAYS_7),
        secret_expiring(Stage.EXPIRED),
        mismatch(Kind.ACTIVE_NOT_REGISTERED),
        rotated(),
        _told(lambda to: to.certificate_rotation_failed(FAILED_ROTATION)),
        _told(lambda to: to.validation_failed(an_app(), _report(Finding.APP_DISABLED), BEFORE)),
        _told(lambda to: to.validation_passed(an_app(), _report(), BEFORE)),
        _told(lambda to: to.device_changed(acted(Action.WIPE_DEVICE))),
        _told(lambda to: to.device_changed(acted(Action.CANCEL_WIPE))),
        _told(lambda to: to.device_changed(acted(Action.BLOCK))),
        _told(lambda to: to.wipe_acknowledged(acted(Action.WIPE_DEVICE))),
        held(),
        _told(lambda to: to.operation_abandoned(an_operation(State.HELD, "no such mailbox"))),
        _told(lambda to: to.operation_settled(an_operation())),
        _told(lambda to: to.throttle_sustained(TENANT, timedelta(minutes=20), NOW)),
        ca_expiring(Stage.DAYS_14),
        ca_expiring(Stage.EXPIRED),
        _told(lambda to: to.ca_removed(an_app(), AUTHORITY, now=NOW)),
        crl_stale(CrlStage.STALE),
        _told(lambda to: to.crl_unreachable(an_app(), PLACE, UNREACHABLE, occurrence=1, now=NOW)),
        _told(lambda to: to.crl_fresh(an_app(), PLACE, why="in_order", occurrence=1, now=NOW)),
        _told(lambda to: to.certificate_fell_back(an_app(), "v1", "v2", reason="refused", now=NOW)),
    )
}
