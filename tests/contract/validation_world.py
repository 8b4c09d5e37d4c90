"""A whole chain from vault to Exchange that works, for tests to break one link of."""

import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from typing import Any
from uuid import UUID

import httpx
import pytest

from infra.local.simulators.exchange import Exchange
from infra.local.simulators.exchange.roles import ServicePrincipal
from infra.local.simulators.graph import Graph
from shared.credentials.certificate import App
from shared.credentials.findings import Finding
from shared.credentials.validation import Report
from shared.directory.applications import Applications
from shared.directory.own_registration import OwnRegistration
from shared.exchange.permissions import Fresh, Permissions
from shared.exchange.transport import Transport
from shared.flows.certificate_validation import Validation
from shared.identity.any_version import AnyVersion
from shared.identity.login import Login
from shared.identity.tokens import Tokens
from shared.identity.vault import Vault
from shared.records.certificates import Certificates
from tests.contract.vault_world import TENANT, Address
from tests.unit.entra import no_identities
from tests.unit.stand_ins import FakeTable

EXCHANGE, GRAPH = "https://outlook.office365.com", "https://graph.microsoft.com"
MANAGE, READ = "Exchange.ManageAsApp", "Application.Read.All"
NAME = "easgate"
NEEDED = (
    "View-Only Recipients",
    "View-Only Configuration",
    "Mail Recipients",
    "Recipient Policies",
    "Organization Client Access",
)
IN_SCOPE = "CustomAttribute1 -eq 'EAS'"
Answering = Callable[[httpx.Request], httpx.Response]


def now() -> datetime:
    """Return the time of this machine, which MSAL goes by."""
    return datetime.fromtimestamp(time.time(), tz=UTC)


class Chain:
    """A tenant in which all is well: its app has a role group of its own, and no directory role."""

    def __init__(self, address: Address, monkeypatch: pytest.MonkeyPatch) -> None:
        self.world = address.world(monkeypatch)
        self.vault, self.entra = self.world.vault, self.world.entra
        self.directory = self.entra.directory
        self.client_id, self.tenant_id = str(uuid.uuid4()), TENANT
        self.stand_in("Exchange.ManageAsApp")
        self.graph = Graph(directory=self.directory, jwks=self.entra.jwks, clock=now)
        self.exchange = Exchange(jwks=self.entra.jwks, clock=now)
        self.tenant = self.exchange.add_tenant(TENANT)
        for name, attribute in (("adele", "EAS"), ("lee", "EAS"), ("board", "")):
            self.tenant.add_mailbox(
                f"{name}@contoso.com", attributes={"CustomAttribute1": attribute}
            )
        self.role_group(*NEEDED)
        self.identity = self.world.someone("Key Vault Reader", "Key Vault Crypto User")
        self.pins = Certificates(FakeTable())
        self.registered(self.vault.create_certificate(NAME))
        self.url, self.certificate_name, self.may_write = self.world.url, NAME, True
        self.to_exchange: Answering = self.exchange
        self.to_entra: Answering = self.entra
        self.to_graph: Answering = self.graph

    @property
    def object_id(self) -> str:
        """The service principal of the app."""
        application = self.directory.application(self.client_id)
        assert application is not None
        return application.principals[TENANT].object_id

    def stand_in(self, *roles: str, wids: tuple[str, ...] = (), graph: str = READ) -> None:
        """Give the app these rights, and no others."""
        granted = {EXCHANGE: list(roles), GRAPH: [graph] if graph else []}
        self.directory.add_application(
            self.client_id, tenant_id=TENANT, roles=granted, wids=list(wids)
        )
        if hasattr(self, "tenant"):
            self.role_group(*NEEDED)  # the service principal is another one now

    def role_group(self, *roles: str, scope: str = "") -> None:
        """Let the app be a member of this role group, and of no other."""
        administration = self.tenant.administration
        administration.role_groups[:] = [
            each for each in administration.role_groups if each.name != "EAS"
        ]
        if scope:
            self.tenant.add_scope("EAS users", scope)
        self.tenant.add_role_group(
            "EAS",
            members=[self.object_id],
            roles=roles,
            write_scope="EAS users" if scope else None,
        )
        administration.service_principals[:] = [
            ServicePrincipal(
                app_id=UUID(self.client_id),
                object_id=UUID(self.object_id),
                display_name="easgate",
                created=now(),
            )
        ]

    def registered(self, version: str = "") -> None:
        """Register a version of the certificate on the application."""
        der = self.vault.certificate_der(NAME, version)
        self.directory.add_certificate(self.client_id, der)

    def unregister(self) -> None:
        """Take every certificate off the application."""
        application = self.directory.application(self.client_id)
        assert application is not None
        for each in application.certificates:
            self.directory.remove_certificate(self.client_id, each.key_id)

    def renew(self, **how: Any) -> None:  # noqa: ANN401 - what the simulator takes
        """Make a version as the only registered one."""
        self.unregister()
        self.registered(self.vault.create_certificate(NAME, **how))

    def report(self) -> Report:
        """Validate the chain as the app does."""
        with self.validating() as validation:
            return validation.report()

    @contextmanager
    def validating(self) -> Iterator[Validation]:
        """Put a validation together."""
        with (
            self._client("to_entra") as login,
            self._client("to_graph") as graph,
            self._client("to_exchange") as exchange,
        ):
            yield self._validation(login, graph, exchange)

    def _client(self, part: str) -> httpx.Client:
        """Return what reaches whoever stands for a service at the time of the call."""

        def answer(request: httpx.Request) -> httpx.Response:
            response: httpx.Response = getattr(self, part)(request)
            return response

        return httpx.Client(transport=httpx.MockTransport(answer))

    def _validation(
        self, login: httpx.Client, graph: httpx.Client, exo: httpx.Client
    ) -> Validation:
        vault = Vault(
            self.url,
            self.identity,
            verify_challenge_resource=False,
            patience={"retry_total": 0, "connection_timeout": 1, "read_timeout": 4},
        )
        entra = Login(
            vault,
            http=login,
            authority_host="https://login.microsoftonline.com",
            instance_discovery=True,
            clock=now,
        )
        self.tokens = tokens = Tokens(
            vault,
            self.pins,
            entra,
            identities=no_identities(entra),
            scope=f"{EXCHANGE}/.default",
            clock=now,
        )
        any_version = AnyVersion(vault=vault, tokens=tokens, scope=f"{GRAPH}/.default", clock=now)
        speaking = partial(Transport, exo, base_url=EXCHANGE, tenant_id=TENANT)
        return Validation(
            app=App(
                tenant_id=self.tenant_id,
                client_id=self.client_id,
                certificate_name=self.certificate_name,
            ),
            may_write=self.may_write,
            vault=vault,
            entra=tokens,
            registrations=OwnRegistration(
                applications=Applications(graph, GRAPH), token=any_version.token
            ),
            exchange=lambda token: Permissions(speaking(bearer=Fresh(token))),
            pins=self.pins,
            clock=now,
        )


def found(report: Report) -> dict[str, Finding]:
    """Return what was found, by check."""
    return {each.name: each.code for each in report.findings if each.code}
