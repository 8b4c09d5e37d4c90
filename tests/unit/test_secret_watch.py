"""Webhook secrets that carry a date are announced in stages, like certificates."""

from datetime import timedelta

from shared.credentials.expiry import Stage
from shared.errors import Misconfigured
from tests.unit.builders import NOW, TENANT
from tests.unit.certificates import EXPIRES, FakeVault, a_certificate, an_app
from tests.unit.stand_ins import FakeClock
from tests.unit.watch_world import Watched

DAY = timedelta(days=1)
LASTING = FakeVault((a_certificate(expires_at=NOW + 900 * DAY),))


def a_tenant(**secrets: object) -> Watched:
    """Return a tenant whose certificate lasts for years."""
    return Watched(vault=LASTING, secrets=secrets, clock=FakeClock(NOW))  # type: ignore[arg-type]  # dates by name


def test_each_stage_is_announced_once() -> None:
    """With the name of the secret, and what to do."""
    tenant = a_tenant(portal=EXPIRES)
    for _ in range(120):
        assert (tenant.look(), tenant.look()) == ([], [])
        tenant.clock.advance(DAY)
    kinds = ["webhook_secret.expiring"] * 8 + ["webhook_secret.expired"]
    assert tenant.told == list(zip(kinds, [stage.value for stage in Stage], strict=True))
    assert tenant.repeats == 0
    event = tenant.events.sent[-1]
    assert (event.data["tenant_id"], event.data["secret_name"]) == (TENANT, "portal")
    assert event.subject == f"tenants/{TENANT}/webhook-secrets/portal"
    assert "store a new version" in str(event.data["remedy"])


def test_secret_without_a_date_never_expires() -> None:
    """And one that was renewed starts anew."""
    tenant = a_tenant(portal=None)
    tenant.clock.now = EXPIRES
    tenant.look()
    assert tenant.told == []
    for ends in (EXPIRES + DAY, EXPIRES + 60 * DAY, EXPIRES + 2 * DAY):
        tenant.secrets = {"portal": ends}
        tenant.look()
    assert [what for _, what in tenant.told] == ["1", "60", "3"]


def test_secret_that_is_missing_does_not_silence_the_others() -> None:
    """Nor the certificate, nor another tenant."""
    tenant = a_tenant(missing=None, portal=EXPIRES)
    tenant.clock.now = EXPIRES
    other = an_app(tenant_id="other")
    assert [type(failure) for failure in tenant.look(an_app(), other)] == [Misconfigured]
    assert tenant.told == [("webhook_secret.expired", "expired")]
    assert tenant.due == [an_app(), other]


def test_death_before_the_stage_is_noted_repeats_the_event_under_its_id() -> None:
    """At every call."""
    for number in range(1, 10):
        tenant = a_tenant(portal=EXPIRES)
        tenant.look()
        tenant.clock.now = EXPIRES - 90 * DAY
        tenant.die_at(number)
        tenant.look()
        assert tenant.told == [("webhook_secret.expiring", "90")]
