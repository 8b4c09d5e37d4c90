"""Certificates over HTTP and by the clock: every tenant's, whatever the others' trouble."""

from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import pytest

from functions import certificates as routes
from functions import timers
from shared.credentials.certificate import App, Certificate
from shared.errors import Failure, Misconfigured, NotPermitted, Retryable
from tests.unit.app_world import Deployment, a_tenant, call, request, told
from tests.unit.builders import TENANT
from tests.unit.certificates import EXPIRES, a_certificate, a_successor
from tests.unit.validation_chain import Chain, Entries

if TYPE_CHECKING:
    from collections.abc import Callable

OTHER_TENANT = "5b2c1d0e-0000-4000-8000-000000000002"
NOT_THERE = ["active_not_registered", "newer_not_registered"]


class Blind(Chain):
    """A chain whose application knows no certificate."""

    def registration(self, app: App, certificate: Certificate) -> Entries:
        """Return an application without keys."""
        assert (app.tenant_id, bool(certificate.der)) == (TENANT, True)
        return Entries(())


def certificates(app: Deployment) -> list[dict[str, object]]:
    """Return what is shown of the certificates."""
    shown = told(call(app, routes.get_certificate, request()))
    assert (shown["problems"], isinstance(shown["certificates"], list)) == ({}, True)
    found: list[dict[str, object]] = shown["certificates"]  # type: ignore[assignment]  # as above
    return found


@pytest.fixture
def app() -> Deployment:
    return Deployment()


@pytest.mark.parametrize("spelling", ["other", "", OTHER_TENANT])
def test_tenant_that_is_not_served_has_no_certificate(app: Deployment, spelling: str) -> None:
    """An empty answer would look like an answer."""
    asked = request(params={"tenant_id": spelling})
    assert call(app, routes.get_certificate, asked).status_code == 400
    assert call(app, routes.post_certificate_validate, asked).status_code == 400


def test_certificate_shows_how_long_it_lasts(app: Deployment) -> None:
    """Type, thumbprint, expiry and stage, for each tenant."""
    shown = told(call(app, routes.get_certificate, request()))
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
                "thumbprint_sha1": a_certificate().thumbprint_sha1,
                "not_before": "2026-05-03T10:00:00Z",
                "expires_at": "2026-08-12T15:00:00Z",
                "days_left": 100,
                "stage": None,
                "stage_days": None,
                "registered": True,
                "registration_problem": None,
                "mismatches": [],
                "current_version": None,
                "last_validation": None,
            }
        ],
        "problems": {},
        "not_applicable": {},
    }


def test_certificate_shows_its_stage_and_what_does_not_fit(app: Deployment) -> None:
    """Also the version that is to come."""
    held = (a_certificate(), a_successor(expires_at=EXPIRES + timedelta(days=365)))
    app.vault = Blind(held)
    app.pins.pin(TENANT, "v1")
    app.world.clock.now = EXPIRES - timedelta(days=7)
    (shown,) = certificates(app)
    assert (shown["version"], shown["stage"], shown["stage_days"]) == ("v1", "7", 7)
    assert (shown["registered"], shown["mismatches"]) == (False, NOT_THERE)
    assert shown["current_version"] == {
        "version": "v2",
        "thumbprint_sha256": a_successor().thumbprint,
        "thumbprint_sha1": a_successor().thumbprint_sha1,
        "expires_at": "2027-08-12T15:00:00Z",
    }
    app.world.clock.now = EXPIRES
    (shown,) = certificates(app)
    assert (shown["stage"], shown["stage_days"]) == ("expired", 0)


def test_registration_that_may_not_be_read_is_shown_as_unknown(app: Deployment) -> None:
    """With the permission that is missing; never as fine."""
    app.vault.failures["graph"] = NotPermitted("grant Application.Read.All")
    (shown,) = certificates(app)
    assert (shown["registered"], shown["mismatches"]) == (None, [])
    assert shown["registration_problem"] == "grant Application.Read.All"


def test_missing_certificate_is_a_problem_of_its_tenant(app: Deployment) -> None:
    """With the name to look for; the other tenants' certificates are shown all the same."""
    app.tenants[OTHER_TENANT] = a_tenant(tenant_id=OTHER_TENANT, certificate_name="gone")
    answer = call(app, routes.get_certificate, request())
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
    answer = call(app, routes.get_certificate, request(params={"tenant_id": TENANT}))
    assert answer.status_code == 200
    assert told(answer) == {
        "certificates": [],
        "problems": {TENANT: str(trouble)},
        "not_applicable": {},
    }


def test_validation_grades_every_tenant(app: Deployment) -> None:
    """A bad grade is an answer, not an error."""
    good = told(call(app, routes.post_certificate_validate, request("POST")))
    app.vault.failures["exchange"] = Misconfigured("no role group")
    answer = call(app, routes.post_certificate_validate, request("POST"))
    bad = told(answer)
    assert answer.status_code == 200
    for shown, grade in ((good, "pass"), (bad, "fail")):
        assert isinstance(shown["reports"], list)
        assert [report["grade"] for report in shown["reports"]] == [grade]


def test_last_validation_is_shown_beside_the_certificate(app: Deployment) -> None:
    """When it was, its grade and its codes; and the world is told that something broke."""
    call(app, routes.post_certificate_validate, request("POST"))
    app.vault.failures["exchange"] = Misconfigured("no role group")
    call(app, routes.post_certificate_validate, request("POST"))
    shown: Any = told(call(app, routes.get_certificate, request()))
    assert shown["certificates"][0]["last_validation"] == {
        "at": "2026-05-04T10:00:00Z",
        "grade": "fail",
        "codes": ["exchange_refuses"],
    }
    assert app.world.events.types == ["certificate.validation_failed"]


def test_finding_comes_with_its_code_its_meaning_and_its_remedy(app: Deployment) -> None:
    """Stage by stage, with the time that each took."""
    app.vault.failures["sign"] = NotPermitted("no role on the vault")
    answer: Any = told(call(app, routes.post_certificate_validate, request("POST")))
    [report] = answer["reports"]
    (found,) = (each for each in report["checks"] if each["code"] == "signing_denied")
    assert found["name"] == "key signs for this certificate"
    assert found["grade"] == "fail"
    assert found["meaning"].endswith("no role on the vault")
    assert "Key Vault Crypto User" in found["remedy"]
    assert found["milliseconds"] >= 0


def test_validation_is_answered_though_it_cannot_be_remembered(app: Deployment) -> None:
    """Whoever asks in an outage needs the answer most."""
    call(app, routes.post_certificate_validate, request("POST"))
    app.vault.failures["exchange"] = Misconfigured("no role group")
    app.world.events.down = Retryable("the event topic is busy")
    answer = call(app, routes.post_certificate_validate, request("POST"))
    assert answer.status_code == 200


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


def test_who_looks_on_sees_each_check_of_a_validation_under_its_run(app: Deployment) -> None:
    """And nothing of one that was not begun so."""
    looking = request()
    assert call(app, routes.post_certificate_validate, request()).status_code == 200
    assert call(app, routes.get_certificate_validation, looking).status_code == 404
    run_id = "0f0f0f0f-1111-4222-8333-444444444444"
    asked = request(body=f'{{"run_id": "{run_id}"}}'.encode())
    whole: Any = told(call(app, routes.post_certificate_validate, asked))
    seen: Any = told(call(app, routes.get_certificate_validation, looking))
    assert seen["run_id"] == run_id
    assert seen["checks"] == whole["reports"][0]["checks"]


@pytest.mark.parametrize("body", [b"[]", b'{"run_id": "x"}', b'{"run": 1}', b"\xff"])
def test_a_validation_with_a_strange_body_is_refused(app: Deployment, body: bytes) -> None:
    answer = call(app, routes.post_certificate_validate, request(body=body))
    assert answer.status_code == 400
