"""For operators and other systems, over HTTP."""

from collections.abc import Callable, Mapping
from http import HTTPStatus

import azure.functions as func

from functions import (
    inventory_views,
    openapi,
    people,
    plan_views,
    preconditions,
    replies,
    views,
)
from functions.preconditions import etag_of
from functions.replies import Detail
from functions.serving import served
from shared import messages, operating, wiring
from shared.devices import inventory_order
from shared.devices.caller import Role
from shared.devices.operation import Operation, Possible, State
from shared.errors import Failure, NotFound, Rejected, TooLarge
from shared.flows import device_explanation
from shared.services import Services

blueprint = func.Blueprint()

COMMAND_LIMIT = 48 * 1024  # bytes; a queue message holds 64 KiB in base64


@served(blueprint, route="commands", method="POST", needs=Role.OPERATOR)
def post_command(req: func.HttpRequest) -> func.HttpResponse:
    """Order an action, which is stored before it is accepted; or see what it would do."""
    body = req.get_body()
    if len(body) > COMMAND_LIMIT:
        raise TooLarge(f"a command may hold {COMMAND_LIMIT} bytes at most")
    caller = people.caller(req)
    is_plan, order = plan_views.asked(people.signed(caller, body))
    command = messages.read_order(order)
    services = wiring.services()
    planning = operating.planning(services, command.tenant_id)
    if is_plan:
        return replies.json(plan_views.plan(planning.plan(command, caller.asked_as)))
    planning.require(command)
    operation = operating.accept(services, command, caller.asked_as)
    return replies.json(
        views.operation(operation),
        HTTPStatus.ACCEPTED,
        Location=f"/api/operations/{operation.operation_id}",
    )


@served(blueprint, route="operations/{operation_id}", method="GET", needs=Role.VIEWER)
def get_operation(req: func.HttpRequest) -> func.HttpResponse:
    """Return an operation's state and history."""
    services = wiring.services()
    operation = operation_named(req, services)
    progress = _progress(operation, services)
    undo, replay = _possible(operation, services)
    answer = replies.json(views.operation(operation, progress, undo, replay))
    if undo or replay:
        # What is possible changes with what others say and do, without a line in the story.
        answer.headers["ETag"] = etag_of(operation)
        return answer
    # How far a run is changes by the second, without a line in the operation's story.
    return preconditions.unless_seen(req, answer, "" if progress else etag_of(operation))


@served(blueprint, route="devices/{device_guid}/explanation", method="GET", needs=Role.VIEWER)
def get_device_explanation(req: func.HttpRequest) -> func.HttpResponse:
    """Say which layer decides about a device's access, how sure that is, what would change it."""
    services = wiring.services()
    guid = req.route_params["device_guid"].lower()
    if not messages.is_guid(guid):
        raise NotFound("a device is named by the GUID of its partnership")
    apps = services.apps(req.params.get("tenant_id"))
    if len(apps) != 1:
        raise Rejected("tenant_id must say whose device it is")
    exchange = services.exchanges[apps[0].tenant_id]
    explanation = device_explanation.of(
        guid,
        exchange=exchange.devices,
        facts=exchange.facts,
        clock=services.clock,
    )
    return replies.json(views.explanation(explanation))


@blueprint.route(route="health", methods=["GET"], auth_level=func.AuthLevel.ANONYMOUS)
@replies.answering(Detail.KEPT)
def get_health(req: func.HttpRequest) -> func.HttpResponse:
    """Say whether the app can take in work: its settings are right and storage answers."""
    del req
    pings = wiring.services().pings
    return _health({name: pings[name] for name in ("tables", "queues")}, Detail.KEPT)


@served(blueprint, route="health/dependencies", method="GET", needs=Role.VIEWER)
def get_health_dependencies(req: func.HttpRequest) -> func.HttpResponse:
    """Say of each dependency whether it answers, and why not."""
    del req
    return _health(wiring.services().pings, Detail.TOLD)


@blueprint.route(route="openapi.json", methods=["GET"], auth_level=func.AuthLevel.ANONYMOUS)
def get_openapi(req: func.HttpRequest) -> func.HttpResponse:
    """Describe all of the above."""
    del req
    return replies.json(openapi.document())


def operation_named(req: func.HttpRequest, services: Services) -> Operation:
    """Return the operation that the route names; NotFound if there is none."""
    operation_id = req.route_params["operation_id"].lower()
    if not messages.is_guid(operation_id):
        raise NotFound("an operation is named by a GUID")
    for tenant_id in _places(services, req):
        found = services.journal.find(tenant_id, operation_id)
        if found is not None:
            return found
    raise NotFound(f"there is no operation {operation_id}")


def _possible(operation: Operation, services: Services) -> tuple[Possible | None, Possible | None]:
    """Return whether an operation can be undone, and whether it can be replayed."""
    if operation.tenant_id not in services.tenants:
        return None, None
    is_over = operation.is_finished or operation.acted_at is not None
    undoing = operating.undoing(services, operation.tenant_id)
    replaying = operating.replaying(services, operation.tenant_id)
    is_abandoned = operation.state is State.ABANDONED
    return (
        undoing.standing(operation) if is_over else None,
        replaying.standing(operation) if is_abandoned else None,
    )


def _progress(operation: Operation, services: Services) -> inventory_views.Progress | None:
    """Return how far a run of the inventory is, if the operation is one that has begun."""
    if operation.asked != inventory_order.ASKED:
        return None
    run = services.inventories.runs.find(operation.tenant_id, operation.operation_id)
    picture = services.inventories.pictures.picture(operation.tenant_id)
    return inventory_views.progress(run, picture, services.clock()) if run else None


def _places(services: Services, req: func.HttpRequest) -> list[str]:
    """Return the tenants to look under; also one not served: orders for it were given up."""
    wanted = req.params.get("tenant_id")
    if wanted is None:
        return [*services.tenants, messages.UNKNOWN]
    if not messages.is_guid(wanted):
        raise Rejected("tenant_id must be a GUID")
    return [wanted.lower()]


def _health(pings: Mapping[str, Callable[[], None]], detail: Detail) -> func.HttpResponse:
    found = {name: _state(ping) for name, ping in pings.items()}
    is_ready = all(state == "ok" for state in found.values())
    answer = views.Health(
        status="ready" if is_ready else "not ready",
        dependencies=found if detail is Detail.TOLD else None,
        warnings=wiring.services().brake.notices if detail is Detail.TOLD else {},
    )
    return replies.json(answer, HTTPStatus.OK if is_ready else HTTPStatus.SERVICE_UNAVAILABLE)


def _state(ping: Callable[[], None]) -> str:
    try:
        ping()
    except Failure as failure:
        return str(failure)
    return "ok"
