"""A tenant that nobody has set up yet, a person who can, and the screen they look at."""

import argparse
import io
import json
import re
import uuid
from collections.abc import Callable
from functools import cache
from typing import Any

import httpx
from azure.keyvault.certificates import CertificateClient

from infra.azure.onboarding import arguments
from infra.azure.onboarding.certificate import CertificateVault
from infra.azure.onboarding.command import Surroundings, onboard
from infra.azure.onboarding.sign_in import EXCHANGE_CLIENT, GRAPH_CLIENT
from infra.local.simulators.entra import Application, Entra, Person
from infra.local.simulators.exchange import Exchange
from infra.local.simulators.graph import Graph
from infra.local.simulators.graph.directory_roles import ROLES
from infra.local.simulators.vault import Vault as VaultSimulator
from infra.local.simulators.vault.refusals import RefusedError
from shared.credentials.certificate import App
from shared.exchange.permissions import Fresh
from shared.exchange.transport import Transport
from shared.identity.login import Login, Token
from shared.identity.vault import Vault
from tests.contract.azure_in_memory import transport_to
from tests.contract.entra_world import utc_now
from tests.contract.vault_world import TENANT, Principal

VAULT, LOGIN = "https://kv.vault.azure.net", "https://login.microsoftonline.com"
GRAPH, EXCHANGE = "https://graph.microsoft.com", "https://outlook.office365.com"
SCOPED = ("--scope-filter", "CustomAttribute1 -eq 'EAS'")
CODE = re.compile(r"enter the code (\w+)")
ABLE = ("Cloud Application Administrator", "Exchange Administrator")


class Died(BaseException):
    """The program was killed."""


@cache
def an_entra() -> Entra:
    """Return a login service, made once: its key takes time to make."""
    entra = Entra()
    entra.directory.add_tenant(TENANT)  # where the vault's officer is at home
    return entra


class Screen(io.StringIO):
    """What the program says; a person reads it, and does what it says."""

    def __init__(self, enter: Callable[[str], None]) -> None:
        super().__init__()
        self._enter = enter

    def write(self, text: str) -> int:
        """Show it."""
        for code in CODE.findall(text):
            self._enter(code)
        return super().write(text)


class World:
    """Every service, and one tenant of its own."""

    def __init__(self) -> None:
        self.entra = an_entra()
        self.directory = self.entra.directory
        self.tenant_id = str(uuid.uuid4())
        self.domain = f"t{self.tenant_id[:8]}.onmicrosoft.com"
        self.directory.add_tenant(self.tenant_id, self.domain, "contoso.example")
        self._programs()
        self.graph = Graph(directory=self.directory, jwks=self.entra.jwks, clock=utc_now)
        self.exchange = Exchange(jwks=self.entra.jwks, clock=utc_now)
        self.tenant = self.exchange.add_tenant(self.tenant_id, domain=self.domain)
        self.phone = self._mailboxes()
        self.vault = VaultSimulator(jwks=self.entra.jwks, tenant_id=TENANT, clock=utc_now)
        self.officer = Principal(self.entra)
        self.vault.roles.grant(self.officer.principal_id, "Key Vault Certificates Officer")
        self.person = self.someone(*ABLE)
        self.screen = self._new_screen()
        self.answer: str | None = self.domain  # None: nobody is there
        self.certificate = ("--vault", VAULT)
        self.naps: list[float] = []
        self.writes: list[str] = []
        self.dies_after = 0  # so many writes, if any

    def someone(self, *roles: str) -> Person:
        """Return a person of this tenant with these directory roles."""
        return Person(
            tenant_id=self.tenant_id,
            user_principal_name=f"{uuid.uuid4().hex[:8]}@{self.domain}",
            wids=tuple(ROLES[role] for role in roles),
        )

    def run(self, *more: str, name: str = "easgate") -> tuple[int, str]:
        """Run the command in a new process, so to speak; return exit code and screen."""
        self.screen, self.writes = self._new_screen(), []
        given = ["--tenant", self.domain, "--name", name, *self.certificate, *more]
        return self.run_with(*given), self.screen.getvalue()

    def run_with(self, *given: str) -> int:
        """Run the command with exactly these arguments."""
        parser = argparse.ArgumentParser()
        arguments.add(parser)
        with httpx.Client(transport=httpx.MockTransport(self.reach)) as http:
            around = Surroundings(
                out=self.screen,
                ask=self._asked,
                http=http,
                vault=lambda url: CertificateVault(
                    url, self.officer, **transport_to(self.reach), retry_total=0
                ),
                sleep=self.naps.append,
            )
            return onboard(parser.parse_args(given), around)

    def certificates(self) -> CertificateClient:
        """Return the vault as its officer sees it."""
        return CertificateClient(VAULT, self.officer, **transport_to(self.vault))

    def reach(self, request: httpx.Request) -> httpx.Response:
        """Answer as whoever has the address; note down what changes something."""
        services: dict[str, Callable[[httpx.Request], httpx.Response]] = {
            httpx.URL(VAULT).host: self.vault,
            httpx.URL(LOGIN).host: self.entra,
            httpx.URL(GRAPH).host: self.graph,
            httpx.URL(EXCHANGE).host: self.exchange,
        }
        answer = services[request.url.host](request)
        deed = _deed(request)
        if deed and answer.is_success:
            self.writes.append(deed)
            if len(self.writes) == self.dies_after:
                raise Died
        return answer

    def state(self) -> dict[str, object]:
        """Return all that stands in the tenant and in the vault."""
        administration = self.tenant.administration
        return {
            "applications": sorted(map(_shown, self.applications())),
            "certificates": len(self.vault.certificate_versions("easgate"))
            if self._has_certificate()
            else 0,
            "principals": sorted(str(each.app_id) for each in administration.service_principals),
            "scopes": sorted(administration.scopes),
            "groups": sorted(
                (each.name, *sorted(each.members)) for each in administration.role_groups
            ),
        }

    def applications(self) -> list[Application]:
        """Return what is registered in the tenant."""
        return [each for each in self.directory.applications() if each.tenant_id == self.tenant_id]

    def application(self) -> Application:
        """Return the one application that was registered."""
        [found] = self.applications()
        return found

    def app(self) -> tuple[App, Transport]:
        """Return the app as set up, and the product's own way to Exchange with its token."""
        app, token = self._signed_in(EXCHANGE)
        assert token.claims.roles == ("Exchange.ManageAsApp",)
        assert token.claims.wids == ()
        http = httpx.Client(transport=httpx.MockTransport(self.reach))
        bearer = Fresh(token.text)
        return app, Transport(http, base_url=EXCHANGE, tenant_id=self.tenant_id, bearer=bearer)

    def graph_roles(self) -> tuple[str, ...]:
        """Return what the app, as set up, may do in Microsoft Graph by its own token."""
        _, token = self._signed_in(GRAPH)
        return tuple(sorted(token.claims.roles))

    def _signed_in(self, service: str) -> tuple[App, Token]:
        app = App(
            tenant_id=self.tenant_id,
            client_id=self.application().client_id,
            certificate_name="easgate",
        )
        self.vault.roles.grant(self.officer.principal_id, "Key Vault Crypto User")
        vault = Vault(
            VAULT,
            self.officer,
            verify_challenge_resource=True,
            patience={"retry_total": 0, **transport_to(self.vault)},
        )
        http = httpx.Client(transport=httpx.MockTransport(self.reach))
        login = Login(
            vault, http=http, authority_host=LOGIN, instance_discovery=True, clock=utc_now
        )
        return app, login.acquire(app, vault.certificate("easgate"), f"{service}/.default")

    def _asked(self, _: str) -> str:
        if self.answer is None:
            raise EOFError
        return self.answer

    def _programs(self) -> None:
        known = self.directory.applications()
        for client_id in (GRAPH_CLIENT, EXCHANGE_CLIENT):
            if all(each.client_id != client_id for each in known):
                self.directory.add_application(client_id, tenant_id=TENANT)
            self.directory.add_principal(client_id, self.tenant_id)
        reading = ["User.Read", "Application.Read.All"]
        writing = ["Application.ReadWrite.All", "AppRoleAssignment.ReadWrite.All"]
        allow = self.entra.public_clients.allow
        allow(GRAPH_CLIENT, {GRAPH: [*reading, *writing]})
        allow(EXCHANGE_CLIENT, {EXCHANGE: ["Exchange.Manage"]})

    def _mailboxes(self) -> Any:  # noqa: ANN401 - the simulator's device
        owner = self.tenant.add_mailbox("adele@contoso.com", attributes={"CustomAttribute1": "EAS"})
        self.tenant.add_mailbox("board@contoso.com")
        return self.tenant.add_device(owner, device_id="ApplDMPW1234ABCD")

    def _new_screen(self) -> Screen:
        return Screen(lambda code: self.entra.device_codes.sign_in(code, self.person))

    def _has_certificate(self) -> bool:
        try:
            return bool(self.vault.certificate_versions("easgate"))
        except RefusedError:
            return False


def _shown(application: Application) -> str:
    principals = {
        tenant: (each.app_roles, each.directory_roles)
        for tenant, each in application.principals.items()
    }
    keys = [each.key_id for each in application.certificates]
    # An empty list of tags is none.
    properties = {name: value for name, value in application.properties.items() if value}
    return repr((application.client_id, properties, keys, principals))


def _deed(request: httpx.Request) -> str:
    """Return what a request changes, if anything."""
    if request.url.host == httpx.URL(LOGIN).host:
        return ""
    if request.url.host == httpx.URL(EXCHANGE).host:
        if not request.url.path.endswith("InvokeCommand"):
            return ""
        cmdlet = str(json.loads(request.content)["CmdletInput"]["CmdletName"])
        return "" if cmdlet.startswith("Get-") else cmdlet
    return "" if request.method == "GET" else f"{request.method} {request.url.path}"
