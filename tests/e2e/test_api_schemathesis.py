"""Whatever openapi.json allows, and much that it does not, is asked: answers are as described."""

import uuid
from typing import Any

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, assume, settings
from schemathesis import Case
from schemathesis.core.parameters import ParameterLocation
from schemathesis.specs.openapi.checks import (
    ignored_auth,
    negative_data_rejection,
    positive_data_acceptance,
    unsupported_method,
)

from functions import openapi
from infra.local import contoso
from infra.local.world import World
from tests.e2e.asking import order, post
from tests.e2e.looking import done, finished, until

ASKED = 6  # times, each route: some as allowed, some not
ELSEWHERE = "servers"  # in a path: it is behind the door for people
WITHOUT = [
    ignored_auth,  # the platform's part: it answers 401 with nothing
    unsupported_method,  # likewise: 404 for a method that no function has
    positive_data_acceptance,  # a cursor, a hash or an order must be more than of the right shape
]
# What stands in the place of what the world has, which is not known before it is there.
AN_OPERATION, A_DEVICE = "0a0a0a0a-0000-4000-8000-000000000001", str(uuid.UUID(int=2))
KNOWN = {
    "tenant_id": contoso.TENANT_ID,
    "operation_id": AN_OPERATION,
    "device_guid": A_DEVICE,
    "sender": contoso.SENDER,
    "If-Match": "*",
}


def described() -> dict[str, Any]:
    """Return openapi.json without what no key opens, narrowed to names that the world has."""
    document = openapi.document()
    paths = {path: each for path, each in document["paths"].items() if ELSEWHERE not in each}
    for path in paths.values():
        for route in path.values():
            for parameter in route.get("parameters", []):
                _narrow(parameter, "schema", parameter["name"])
    for name, shape in document["components"]["schemas"].items():
        if name.endswith(("Command", "CommandMessage")):
            _narrow(shape["properties"], "tenant_id", "tenant_id")
    return {**document, "paths": paths}


def _is_body_wrong(case: "Case[Any]") -> bool:
    """
    Whether it is the body that is not as described.

    Nobody need refuse a field of the header that nobody asked for, a parameter without a value,
    which the platform drops, or one that comes twice, which it joins.
    """
    made = case.meta.components.items() if case.meta else ()
    wrong = [where for where, part in made if part.mode.is_negative]
    return wrong == [ParameterLocation.BODY]


def _narrow(where: dict[str, Any], place: str, name: str) -> None:
    if name in KNOWN:
        where[place] = {"const": KNOWN[name]}


schema = schemathesis.openapi.from_dict(described())


@pytest.fixture(scope="module")
def names(world: World, client: httpx.Client) -> dict[str, str]:
    """Let the world have an inventory, a plan, and an order; return what they are called."""
    synced = post(world, client, "inventory/sync", {"scope": "full", "requested_by": "jo"}).json()
    until(lambda: finished(world, client, synced["operation_id"]), "the inventory is taken")
    ordered = order(world, client, world.phone, "block")
    until(lambda: done(world, client, ordered), "the order is carried out")
    return {AN_OPERATION: ordered, A_DEVICE: str(world.phone.guid)}


@schema.parametrize()
@settings(
    derandomize=True,
    database=None,
    deadline=None,
    max_examples=ASKED,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
def test_answers_are_as_described(case: "Case[Any]", world: World, names: dict[str, str]) -> None:
    """No fault, no undescribed status, type or header, no other shape; nonsense is refused."""
    case.path_parameters = {
        name: names.get(str(value), value) for name, value in case.path_parameters.items()
    }
    assume(all(text.isprintable() for text in case.headers.values()))  # a server takes no others
    case.call_and_validate(
        base_url=f"{world.url}/api",
        headers={"x-functions-key": world.function_key},
        excluded_checks=WITHOUT if _is_body_wrong(case) else [*WITHOUT, negative_data_rejection],
    )
