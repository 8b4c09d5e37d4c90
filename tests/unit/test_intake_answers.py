"""Each kind of sender is told, in the status codes it acts upon, what has become of its call."""

import json
import logging
from collections.abc import Callable
from datetime import timedelta

import pytest

from functions import webhooks
from shared.errors import Failure, Misconfigured, Retryable
from shared.mdm.vendors import KNOWN
from tests.unit.app_world import Answer, Deployment
from tests.unit.intake_senders import (
    EXAMPLES,
    answered,
    deployment,
    genuine,
    new_keys,
    served,
    unheard_of,
)
from tests.unit.intake_world import (
    KEYS,
    TOLD,
    an_event,
    app_for,
    come_again,
    every_vendor,
    stored,
)
from tests.unit.sender_world import FakeSecrets


def test_every_vendor_is_in_the_table() -> None:
    """One that is added must be given its line."""
    assert {*KNOWN, "standard_ed25519"} == set(TOLD) == set(EXAMPLES)


@every_vendor
def test_time_that_a_sender_waits_is_known(vendor: str) -> None:
    """As data, like the codes."""
    answers = served(vendor).vendor.answers
    assert answers.patience == timedelta(seconds=TOLD[vendor].patience)


@every_vendor
def test_event_that_is_stored_is_answered_with_success(vendor: str) -> None:
    """With the operations to ask for, unless the code allows no body."""
    app = app_for(vendor)
    answer = answered(app, an_event(vendor))
    assert answer.status_code == TOLD[vendor].taken
    assert len(stored(app)) == 1
    assert "Retry-After" not in answer.headers
    if answer.status_code == 204:
        assert answer.get_body() == b""
    else:
        (operation_id,) = json.loads(answer.get_body())["operation_ids"]
        assert operation_id in repr(stored(app))


def no_queue(app: Deployment) -> None:
    """Take the queue away."""
    app.queue.down = Retryable("Queue storage is busy")


def vault_fails(failure: Failure) -> Callable[[Deployment], None]:
    """Return what makes the secret unreadable."""

    def fail(app: Deployment) -> None:
        app.secrets = FakeSecrets(down=failure)

    return fail


def useless_secret(app: Deployment) -> None:
    """Leave something in the vault that can be guessed."""
    app.secrets = deployment("standard", "x").secrets


OURS: dict[str, Callable[[Deployment], None]] = {
    "queue down": no_queue,
    "vault down": vault_fails(Retryable("Key Vault is busy")),
    "vault closed to us": vault_fails(Misconfigured("Key Vault refuses us")),
    "no secret": vault_fails(Misconfigured("the vault holds no enabled secret portal-secret")),
    "useless secret": useless_secret,
}


@every_vendor
@pytest.mark.parametrize("trouble", OURS)
def test_sender_comes_again_for_what_is_our_trouble(vendor: str, trouble: str) -> None:
    """Nothing is stored, so nothing is called stored; and the sender is not to blame."""
    app = app_for(vendor)
    OURS[trouble](app)
    answer = answered(app, an_event(vendor))
    assert come_again(answer, TOLD[vendor].busy)
    assert json.loads(answer.get_body()).keys() == {"title", "status"}
    assert stored(app) == []


@every_vendor
def test_sender_waits_for_as_long_as_the_trouble_lasts(vendor: str) -> None:
    """If that is known."""
    app = app_for(vendor)
    app.queue.down = Retryable("Queue storage is busy", after=timedelta(seconds=90))
    assert answered(app, an_event(vendor)).headers["Retry-After"] == "90"
    app.queue.down = None
    assert answered(app, an_event(vendor)).status_code == TOLD[vendor].taken


@every_vendor
def test_stranger_is_not_told_no_while_nobody_can_tell(vendor: str) -> None:
    """Without the secret a forged call looks like a genuine one."""
    app = app_for(vendor)
    app.secrets = FakeSecrets(down=Retryable("Key Vault is busy"))
    answer = answered(app, genuine(vendor, new_keys(vendor).signs))
    assert come_again(answer, TOLD[vendor].busy)


@every_vendor
def test_broken_settings_make_every_sender_come_again(
    vendor: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Whose call it is cannot be told then; 429 is what each of them comes again for."""
    for name in ("TENANTS", "MDM_SENDERS", "KEY_VAULT_URL", "AzureWebJobsStorage"):
        monkeypatch.delenv(name, raising=False)
    answer: Answer = webhooks.on_webhook(an_event(vendor))
    assert come_again(answer, 429)
    assert "TENANTS is missing" in caplog.text
    assert [each.levelno for each in caplog.records] == [logging.ERROR]


@every_vendor
def test_event_of_an_unknown_kind_is_taken_and_counted(vendor: str) -> None:
    """And nothing is stored of it: to refuse it would make the sender send it for days."""
    app = app_for(vendor)
    for count in (1, 2):
        answer = answered(app, unheard_of(vendor, KEYS[vendor].signs))
        assert answer.status_code == TOLD[vendor].taken
        assert [each.count for each in app.services.unheeded.of("portal")] == [count]
    assert stored(app) == []


@every_vendor
def test_event_that_cannot_even_be_counted_is_asked_for_again(vendor: str) -> None:
    """Or those who run the app would never hear that it came."""
    app = app_for(vendor)
    app.unheeded.down = Retryable("Table storage is busy")
    answer = answered(app, unheard_of(vendor, KEYS[vendor].signs))
    assert come_again(answer, TOLD[vendor].busy)


@every_vendor
def test_event_that_the_administrator_ignores_is_taken_without_a_trace(vendor: str) -> None:
    """It is known, and nothing to us."""
    app = app_for(vendor, events={EXAMPLES[vendor].event: "ignored"})
    assert answered(app, an_event(vendor)).status_code == TOLD[vendor].taken
    assert (stored(app), app.unheeded.rows) == ([], {})
