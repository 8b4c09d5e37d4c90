"""How hard each tenant's Exchange is asked, over HTTP."""

from typing import Any

import pytest

from functions import throttle
from shared.errors import Retryable
from shared.records.throttle import Throttles
from tests.unit.app_world import Deployment, call, request, told
from tests.unit.builders import TENANT
from tests.unit.stand_ins import FakeClock, FakeTable


class Down(FakeTable):
    """A table that does not answer."""

    def get(self, partition: str, row: str) -> dict[str, object] | None:
        """Fail."""
        del partition, row
        raise Retryable("Table storage cannot be reached")


@pytest.fixture
def app() -> Deployment:
    return Deployment()


def the_pace(app: Deployment) -> dict[str, Any]:
    """Return what is shown of the one tenant."""
    shown: Any = told(call(app, throttle.get_throttle, request()))
    assert (len(shown["tenants"]), shown["problems"]) == (1, {})
    found: dict[str, Any] = shown["tenants"][0]
    return found


def test_what_all_live_workers_have_learnt_is_shown_as_one(app: Deployment) -> None:
    """Each knows a level of the whole tenant; nobody's word is added to another's."""
    for worker, level in (("one", (20.0, 4.0)), ("other", (10.0, 2.0))):
        app.throttles.post(TENANT, worker, level)
    pace = the_pace(app)
    shown = {name: pace[name] for name in ("tenant_id", "workers", "calls_per_second", "at_once")}
    assert shown == {"tenant_id": TENANT, "workers": 2, "calls_per_second": 15.0, "at_once": 3.0}


def test_nobody_who_asks_is_no_pace(app: Deployment) -> None:
    pace = the_pace(app)
    assert (pace["workers"], pace["calls_per_second"], pace["at_once"]) == (0, None, None)
    assert pace["starts_at"] > 0


def test_trouble_of_one_tenant_is_told_and_is_no_failure_of_ours() -> None:
    app = Deployment(throttles=Throttles(Down(), FakeClock()))
    shown = told(call(app, throttle.get_throttle, request()))
    assert shown == {"tenants": [], "problems": {TENANT: "Table storage cannot be reached"}}


def test_a_tenant_that_is_not_served_is_refused(app: Deployment) -> None:
    asked = request(params={"tenant_id": "5b2c1d0e-0000-4000-8000-000000000002"})
    assert call(app, throttle.get_throttle, asked).status_code == 400
