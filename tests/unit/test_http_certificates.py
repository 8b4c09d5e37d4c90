"""Certificates over HTTP and by the clock: every tenant's, whatever the others' trouble."""

from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING

import pytest

from functions import operations, timers
from shared.errors import Failure, Misconfigured, Retryable
from tests.unit.app_world import Deployment, a_tenant, call, request, told
from tests.unit.builders import TENANT
from tests.unit.certificates import a_certificate

if TYPE_CHECKING:
    from collections.abc import Callable

OTHER_TENANT = "5b2c1d0e-0000-4000-8000-000000000002"


@pytest.fixture
def app() -> Deployment:
    return Deployment()


@pytest.mark.parametrize("spelling", ["other", "", OTHER_TENANT])
def test_tenant_that_is_not_served_has_no_certificate(app: Deployment, spelling: str) -> None:
    """An empty answer would look like an answer."""
    asked = request(params={"tenant_id": spelling})
    assert call(app, operations.get_certificate, asked).status_code == 400
    assert call(app, operations.post_certificate_validate, asked).status_code == 400


def test_certificate_shows_how_long_it_lasts(app: Deployment) -> None:
    """Type, thumbprint, expiry and stage, for each tenant."""
    shown = told(call(app, operations.get_certificate, request()))
    assert shown == {
        "certificates": [
            {
                "tenant_id": TENANT,
                "client_id": "5b2c1d0e-0000-4000-8000-0000000000aa",
                "credential_type": "certificate",
                "certificate_name": "easgate",
                "version": "v1",
                "is_pinned": False,
                "thumbprint_sha256": sha256(b"one certificate").hexdigest(),
                "not_before": "2026-05-03T10:00:00Z",
                "expires_at": "2026-08-12T15:00:00Z",
                "days_left": 100,
                "stage_days": None,
            }
        ],
        "problems": {},
    }


def test_missing_certificate_is_a_problem_of_its_tenant(app: Deployment) -> None:
    """With the name to look for; the other tenants' certificates are shown all the same."""
    app.tenants[OTHER_TENANT] = a_tenant(tenant_id=OTHER_TENANT, certificate_name="gone")
    answer = call(app, operations.get_certificate, request())
    shown = told(answer)
    assert answer.status_code == 200
    assert isinstance(shown["certificates"], list)
    assert [each["tenant_id"] for each in shown["certificates"]] == [TENANT]
    assert shown["problems"] == {OTHER_TENANT: "the vault has no certificate gone"}


@pytest.mark.parametrize("trouble", [Retryable("Key Vault is busy"), Misconfigured("denied")])
def test_vault_that_does_not_answer_is_a_problem_of_every_tenant(
    app: Deployment, trouble: Failure
) -> None:
    """The answer says so; it does not fail."""
    app.vault.down = trouble
    answer = call(app, operations.get_certificate, request(params={"tenant_id": TENANT}))
    assert answer.status_code == 200
    assert told(answer) == {"certificates": [], "problems": {TENANT: str(trouble)}}


def test_validation_grades_every_tenant(app: Deployment) -> None:
    """A bad grade is an answer, not an error."""
    good = told(call(app, operations.post_certificate_validate, request("POST")))
    app.world.exchange.down = Misconfigured("no role group")
    answer = call(app, operations.post_certificate_validate, request("POST"))
    bad = told(answer)
    assert answer.status_code == 200
    for shown, grade in ((good, "pass"), (bad, "fail")):
        assert isinstance(shown["reports"], list)
        assert [report["grade"] for report in shown["reports"]] == [grade]


@dataclass(frozen=True)
class Tick:
    """The timer fires, late."""

    past_due: bool = True


def tick(app: Deployment) -> None:
    """Let the timer fire."""
    on_schedule: Callable[[Tick], object] = timers.on_certificate_schedule
    with app.running():
        assert on_schedule(Tick()) is None


def test_timer_announces_what_the_certificates_say(app: Deployment) -> None:
    """Late or not."""
    app.world.clock.now = a_certificate().expires_at
    tick(app)
    tick(app)
    assert app.world.events.types == ["certificate.expired"]


def test_timer_leaves_passing_trouble_to_its_next_run_and_raises_the_rest(app: Deployment) -> None:
    """An administrator is called only for what one can change."""
    app.world.clock.now = a_certificate().expires_at
    app.world.events.down = Retryable("the event topic is busy")
    tick(app)
    app.world.events.down = Misconfigured("no role on the topic")
    with pytest.raises(Misconfigured):
        tick(app)
