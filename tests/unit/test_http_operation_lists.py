"""Operations over HTTP: which are listed, where the rest is, what is not understood."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from functions import lists, operation_lists
from shared import messages
from shared.devices.operation import State
from tests.unit.app_world import Answer, Deployment, a_tenant, call, request, told
from tests.unit.builders import TENANT
from tests.unit.listed_operations import Listed, an_operation

OTHER_TENANT = "5b2c1d0e-0000-4000-8000-000000000002"


@pytest.fixture
def app() -> Deployment:
    """Return the app with five operations, of which one waits for a person."""
    app = Deployment()
    listed = Listed(app.world.journal_table)
    listed.open(*map(an_operation, range(5)))
    listed.move(an_operation(2), State.HELD)
    return app


def asked(app: Deployment, **params: str) -> Answer:
    """Ask for operations."""
    return call(app, operation_lists.get_operations, request(params=params))


def numbers(app: Deployment, **params: str) -> list[int]:
    """Return which operations are listed."""
    found: Any = told(asked(app, **params))["operations"]
    return [int(each["operation_id"][:8]) for each in found]


def test_operations_are_listed_the_newest_first(app: Deployment) -> None:
    assert numbers(app) == [4, 3, 2, 1, 0]
    assert told(asked(app))["next"] is None
    assert "Link" not in asked(app).headers


def test_the_oldest_come_first_if_that_is_asked_for(app: Deployment) -> None:
    assert numbers(app, sort="opened_at") == [0, 1, 2, 3, 4]
    assert numbers(app, sort="-opened_at") == [4, 3, 2, 1, 0]
    after = str(told(asked(app, sort="opened_at", limit="3"))["next"])
    assert numbers(app, sort="opened_at", limit="3", after=after) == [3, 4]
    assert asked(app, sort="state").status_code == 400


def test_rest_is_where_next_and_link_lead(app: Deployment) -> None:
    """The link has the filters, and not the key."""
    params = {"limit": "2", "asked_by": "helpdesk:jo", "code": "the-key"}
    answer = asked(app, **params)
    link, _, relation = answer.headers["Link"].partition("; ")
    assert relation == 'rel="next"'
    query = parse_qs(urlsplit(link.strip("<>")).query)
    assert query == {
        "limit": ["2"],
        "asked_by": ["helpdesk:jo"],
        "after": [told(answer)["next"]],
    }
    assert numbers(app, **{name: text for name, (text,) in query.items()}) == [2, 1]


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        ({"state": "held"}, [2]),
        ({"state": "held", "hold": "recognition"}, [2]),
        ({"hold": "approval"}, []),
        ({"state": "waiting", "limit": "1"}, [4]),
        ({"mailbox": "ADELE@contoso.com"}, [4, 3, 2, 1, 0]),
        ({"action": "wipe_device"}, []),
        ({"since": "2026-05-04T10:03:00Z"}, [4, 3]),
        ({"until": "2026-05-04T12:01:00+02:00"}, [1, 0]),
        ({"until": "2026-05-04T12:01:00 02:00"}, [1, 0]),
        ({"since": "2026-05-04T10:02Z", "until": "2026-05-04T10:03Z"}, [3, 2]),
        ({"since": "9999-12-31T23:59:59Z"}, []),
        ({"until": "0001-01-01T00:00:00Z"}, []),
        ({"state": "", "asked_by": " ", "since": ""}, [4, 3, 2, 1, 0]),
        ({"tenant_id": TENANT.upper()}, [4, 3, 2, 1, 0]),
    ],
)
def test_operations_are_found(app: Deployment, params: dict[str, str], expected: list[int]) -> None:
    """By what a person would ask."""
    assert numbers(app, **params) == expected


@pytest.mark.parametrize(
    "params",
    [
        {"state": "open"},
        {"state": "HELD"},
        {"hold": "whim"},
        {"tenant_id": OTHER_TENANT},
        {"tenant_id": ""},
        {"limit": "0"},
        {"limit": str(lists.MOST + 1)},
        {"limit": "-1"},
        {"limit": "ten"},
        {"limit": "²"},
        {"limit": "9" * 5000},
        {"after": "7"},
        {"after": "é"},
        {"since": "yesterday"},
        {"since": "2026-05-04T10:00:00"},
        {"until": "2026-13-01T00:00:00Z"},
        {"mailbox": "x" * 321},
    ],
)
def test_question_that_is_not_understood_is_refused(
    app: Deployment, params: dict[str, str]
) -> None:
    """Never answered as if it had been another."""
    answer = asked(app, **params)
    assert answer.status_code == 400
    assert told(answer)["type"] == "urn:easgate:problem:rejected"


def test_what_was_given_up_without_a_tenant_is_listed_too(app: Deployment) -> None:
    """Only where no tenant is named."""
    listed = Listed(app.world.journal_table)
    listed.open(an_operation(9, tenant_id=messages.UNKNOWN))
    assert numbers(app) == [9, 4, 3, 2, 1, 0]
    assert numbers(app, tenant_id=TENANT) == [4, 3, 2, 1, 0]


def test_operations_of_all_tenants_that_are_served_are_listed() -> None:
    """As one list."""
    app = Deployment(tenants={TENANT: a_tenant(), OTHER_TENANT: a_tenant(tenant_id=OTHER_TENANT)})
    listed = Listed(app.world.journal_table)
    listed.open(an_operation(1), an_operation(2, tenant_id=OTHER_TENANT), an_operation(3))
    assert numbers(app) == [3, 2, 1]
    assert numbers(app, tenant_id=OTHER_TENANT) == [2]
