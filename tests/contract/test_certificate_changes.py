"""Orders about users' certificates against the simulated Graph and Exchange, by our own clients."""

import uuid
from dataclasses import replace
from typing import TYPE_CHECKING

import httpx
import pytest

from shared.devices import certificate_images as images
from shared.devices.operation import State
from shared.devices.reached import is_reached
from shared.devices.tenant_change import TenantCommand
from shared.errors import Misconfigured, Rejected
from shared.exchange.organization import Organization
from shared.exchange.transport import Transport
from shared.trust.authority import Authority, Store
from tests.contract.exchange_world import BASE, TENANT_ID
from tests.contract.graph_world import OWN_DOMAIN
from tests.contract.planned_office import Planned
from tests.contract.tenant_commands_world import Office, an_order
from tests.contract.trust_client_world import (
    ALL,
    DELTA,
    TO_READ,
    TrustWorld,
    ders,
    issuing,
    plain,
    root,
)
from tests.unit.certificate_orders import BINDING, CLASSIC
from tests.unit.world import Died

if TYPE_CHECKING:
    from collections.abc import Callable

GROUP = "a5a5a5a5-1111-4222-8333-444444444444"
OLD = root().thumbprint
FABRIKAM = Authority(store=Store.CLASSIC, certificate=ders()[2], is_root=True)
ISSUING = images.of_authority(issuing())
NEW = {name: ISSUING[name] for name in ("certificate", "is_root", "crl_url")}
FIELDS: dict[str, dict[str, object]] = {
    "modern authentication": {"action": "set_modern_authentication", "enabled": False},
    "prompt login": {"action": "set_prompt_login", "domain": OWN_DOMAIN, "behavior": "disabled"},
    "a new authority": {"action": "add_trusted_ca", **NEW, "name": "Issuing"},
    "a nameless authority": {"action": "add_trusted_ca", **NEW, "crl_url": ""},
    "a removed authority": {"action": "remove_trusted_ca", "thumbprint": OLD},
    "other addresses": {
        "action": "set_ca_crl",
        "thumbprint": OLD,
        "crl_url": "http://crl.contoso.example/new.crl",
        "delta_crl_url": DELTA,
    },
    "no addresses": {"action": "set_ca_crl", "thumbprint": OLD, "crl_url": ""},
    "the method": {
        "action": "set_certificate_method",
        "enabled": True,
        "bindings": [BINDING],
        "default_mode": "x509CertificateMultiFactor",
        "include": [{"id": GROUP}],
    },
    "a new classic authority": {"action": "add_trusted_ca", **NEW, **CLASSIC},
    "a removed classic authority": {"action": "remove_trusted_ca", "thumbprint": OLD, **CLASSIC},
    "other classic addresses": {
        "action": "set_ca_crl",
        "thumbprint": OLD,
        "crl_url": "http://crl.contoso.example/new.crl",
        "delta_crl_url": DELTA,
        **CLASSIC,
    },
}


class Tenant(TrustWorld):
    """One that has something of everything; its workers may die once Graph has done its part."""

    def __init__(self) -> None:
        super().__init__()
        self.instead: list[Callable[[httpx.Request], httpx.Response]] = []  # of the next POSTs
        self.requests = -1  # which a worker lives through; below 0: any number
        classic = root(store=Store.CLASSIC, name="")
        self.trust.add_authority(root())
        self.trust.replace_classic([classic, FABRIKAM])
        self.graph.domains.federate(self.tenant, OWN_DOMAIN)
        self.office = Office(directory=self.trust)
        world = self.office.scene.world
        transport = Transport(
            world.client, base_url=BASE, tenant_id=TENANT_ID, bearer=self.office.scene
        )
        self.office.organization = Organization(transport, sleep=world.waited.append)
        self.asked.clear()

    def _graph(self, request: httpx.Request) -> httpx.Response:
        if request.method == "POST" and self.instead:
            self.asked.append((request.method, request.url.path))
            return self.instead.pop()(request)
        answer = super()._graph(request)
        self.requests -= 1
        if self.requests == 0:
            raise Died
        return answer

    @property
    def shown(self) -> tuple[object, ...]:
        """All that the orders may change, as our clients see it."""
        stores = [
            sorted((e.thumbprint, e.is_root, e.crl_url, e.delta_crl_url) for e in store)
            for store in (self.trust.authorities(), self.trust.classic_authorities())
        ]
        prompts = [e.federation and e.federation.prompt_login for e in self.trust.domains()]
        settings = images.of_method(self.trust.certificate_method())
        return (*stores, prompts, settings, self.office.organization.modern_authentication())


def order(name: str) -> TenantCommand:
    """Return one of the orders."""
    fields = dict(FIELDS[name])
    return an_order(str(fields.pop("action")), 1, **fields)


@pytest.fixture
def tenant() -> Tenant:
    return Tenant()


@pytest.mark.parametrize("name", FIELDS)
def test_change_is_planned_carried_out_and_taken_back(tenant: Tenant, name: str) -> None:
    """The plan changes nothing, the order does what it said, the undo restores what stood."""
    before, planned = tenant.shown, Planned(office=tenant.office)
    plan = planned.plan(order(name))
    assert (plan.cannot, tenant.shown, tenant.writes) == ("", before, [])

    operation = planned.done(planned.looked_at(order(name)))
    assert operation.state is State.DONE, operation.history
    assert operation.altered is not None
    assert is_reached(order(name).change, operation.altered.after)
    assert tenant.shown != before

    tenant.office.scene.world.clock.advance(minutes=5)
    undone = planned.undo(operation)
    assert undone.state is State.DONE, undone.history
    assert tenant.shown == before
    assert tenant.office.events.types == ["policy.changed"] * 2


@pytest.mark.parametrize("name", [each for each in FIELDS if each != "modern authentication"])
def test_change_survives_a_death_after_any_request(name: str) -> None:
    """Also the one that deletes the classic store."""
    whole = Tenant()
    whole.office.deliver(order(name))
    expected = whole.office.operation(order(name)).altered
    for requests in range(1, 30):
        tenant = Tenant()
        tenant.requests = requests
        try:
            tenant.office.deliver(order(name))
        except Died:
            tenant.office.deliver(order(name))
        else:
            assert requests > 3, "requests are counted"
            break
        assert tenant.office.operation(order(name)).altered == expected, requests
        assert tenant.shown == whole.shown, requests
        assert tenant.writes == whole.writes, requests
    else:
        raise AssertionError("the worker never came to the end")


def refused(_: httpx.Request) -> httpx.Response:
    """Answer as Graph does to what it does not take."""
    told = {"code": "Request_BadRequest", "message": "Invalid value specified for property"}
    return httpx.Response(400, json={"error": told})


def test_what_graph_does_not_take_leaves_the_classic_store_as_it_was(tenant: Tenant) -> None:
    """The old one is deleted by then."""
    before = tenant.shown
    tenant.instead = [refused]
    with pytest.raises(Rejected, match="is in it again"):
        tenant.office.deliver(order("a new classic authority"))
    assert tenant.writes == ["DELETE", "POST", "POST"]
    assert tenant.shown == before


def test_missing_permission_is_named_and_the_order_goes_on_when_it_is_there(
    tenant: Tenant,
) -> None:
    """Nothing is half done meanwhile."""
    before, tenant.roles = tenant.shown, TO_READ
    for name in ("a new authority", "a new classic authority", "the method", "prompt login"):
        command = replace(order(name), command_id=str(uuid.uuid4()))
        with pytest.raises(Misconfigured, match="ReadWrite"):
            tenant.office.deliver(command)
        assert tenant.shown == before
        tenant.roles = ALL
        tenant.office.deliver(command)
        assert tenant.office.operation(command).state is State.DONE
        before, tenant.roles = tenant.shown, TO_READ


def test_removed_authority_is_trusted_again_though_graph_keeps_it_as_deleted(
    tenant: Tenant,
) -> None:
    """Twice over: a deleted one of the same certificate stands in nobody's way."""
    planned = Planned(office=tenant.office)
    for number in (1, 2):
        removal = an_order("remove_trusted_ca", number, thumbprint=OLD)
        undone = planned.undo(planned.done(removal))
        assert undone.state is State.DONE
        (found,) = tenant.trust.authorities()
        assert plain(found) == root()


def test_domain_that_is_not_federated_has_no_prompt_login(tenant: Tenant) -> None:
    """The plan says so."""
    tenant.graph.domains.manage(tenant.tenant, OWN_DOMAIN)
    plan = Planned(office=tenant.office).plan(order("prompt login"))
    assert "is not federated" in plan.cannot
