"""
A tenant whose certificate is rotated through the real clients, on simulators of everything.

After every call of the story the truth is looked at, in the simulators themselves: the version
that the tenant signs with is registered, known to Entra ID, enabled and in its dates.

The simulators go by this machine's clock, since MSAL does; the story goes by one of its own,
which runs ahead. What takes time out there happens when a test says so.
"""

import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import cache
from typing import Any, TypeVar, cast

import httpx
from cryptography import x509
from cryptography.hazmat.primitives import serialization

from infra.local.simulators.entra import Application, Entra
from infra.local.simulators.graph import Graph
from infra.local.simulators.vault import Vault as VaultSimulator
from shared.credentials.certificate import REQUIRED_ROLE, App, Certificate
from shared.credentials.rotation import Rotation
from shared.directory.applications import Applications
from shared.errors import Failure, Misconfigured, Rejected, Retryable
from shared.flows import certificate_rotation, rotation_beginning
from shared.flows.rotation_ports import RotationPorts
from shared.identity.login import Login
from shared.identity.vault import Vault
from shared.identity.vault_versions import VaultVersions
from shared.records.certificates import Certificates
from shared.records.rotations import Rotations
from shared.registrations import Registrations, Trials
from tests.contract import entra_world
from tests.contract.azure_in_memory import transport_to
from tests.contract.vault_world import TENANT, Principal
from tests.unit.rotation_services import Told
from tests.unit.rotation_world import AHEAD, OVERLAP, Died
from tests.unit.stand_ins import FakeClock, FakeTable

NAME = "app"
READ = "Application.Read.All"
VAULT = "https://vault.example"
LOGIN = "https://login.microsoftonline.com"
GRAPH = "https://graph.microsoft.com"
EXCHANGE = "https://outlook.office365.com"
UNKNOWN_FOR = timedelta(days=1)  # or until `learn` is called
T = TypeVar("T")


# What changes something, so that it matters whether a worker dies before or after it.
DEEDS = {
    *("open", "save", "create_version", "add_key", "move", "remove_key", "disable"),
    *("certificate_rotated", "certificate_rotation_failed"),
}


@cache
def an_entra() -> Entra:
    """Return a login service, made once: its key takes time to make."""
    entra = Entra()
    entra.directory.add_tenant(TENANT)
    return entra


class _Port:
    """A port behind which a worker may die, and after whose calls the truth is looked at."""

    def __init__(self, target: object, scene: "Scene") -> None:
        self._target = target
        self._scene = scene

    def __getattr__(self, name: str) -> Callable[..., object]:
        method = getattr(self._target, name)

        def call(*args: object, **named: object) -> object:
            try:
                result = method(*args, **named)
            finally:
                self._scene.look()
            if name in DEEDS:
                self._scene.live()
            return result

        return call


class Exchange:
    """Exchange, which takes every token; how it is really asked is tested elsewhere."""

    def __init__(self, trials: Trials) -> None:
        self._trials = trials

    def answers(self, app: App, certificate: Certificate) -> None:
        """Raise a Failure unless the certificate earns a token."""
        if not self._trials.earns_token(app, certificate):
            raise Retryable("no token")


class Scene:
    """A tenant of its own, with an app, a vault, and workers that come and go."""

    def __init__(self, *, not_after: timedelta | None = None) -> None:
        self.entra = an_entra()
        self.vault = VaultSimulator(
            jwks=self.entra.jwks, tenant_id=TENANT, clock=entra_world.utc_now
        )
        self._officer = Principal(self.entra)
        self.vault.roles.grant(self._officer.principal_id, "Key Vault Administrator")
        token = self._officer.get_token("https://vault.azure.net/.default").token
        self._administrator = httpx.Client(
            transport=httpx.MockTransport(self.vault),
            base_url=VAULT,
            headers={"Authorization": f"Bearer {token}"},
        )
        self.clock = FakeClock(entra_world.utc_now())
        self.directory = self.entra.directory
        self.told = Told()
        self.dies_after = 0  # so many deeds, if any
        self.looks = True
        self.is_tampered_with = False  # what the tenant signs with may fail, but not all keys
        self.busy_logins = 0  # still to come
        self.vault_faults: list[tuple[int, str]] = []  # likewise: status, and part of the path
        self.app = self._registered(not_after)
        self.graph = Graph(
            directory=self.directory, jwks=self.entra.jwks, clock=entra_world.utc_now
        )
        self.rotations = Rotations(FakeTable())
        self.pins = Certificates(FakeTable())
        self.pins.pin(self.app.tenant_id, self.vault.certificate_versions(NAME)[0])
        self.ports = self._ports()

    def _registered(self, not_after: timedelta | None) -> App:
        client_id = str(uuid.uuid4())
        ends = entra_world.utc_now() + not_after if not_after else None
        self.vault.create_certificate(NAME, not_after=ends)
        self.directory.propagation = timedelta()
        self.directory.add_application(
            client_id,
            tenant_id=TENANT,
            roles={EXCHANGE: [REQUIRED_ROLE], GRAPH: [READ]},
        )
        self.directory.add_certificate(client_id, self.vault.certificate_der(NAME))
        self.directory.propagation = UNKNOWN_FOR
        return App(tenant_id=TENANT, client_id=client_id, certificate_name=NAME)

    def _ports(self) -> RotationPorts:
        reached: dict[str, Any] = {
            "verify_challenge_resource": False,
            "patience": {"retry_total": 0, **transport_to(self._key_vault)},
        }
        vault = Vault(VAULT, self._officer, **reached)
        login = Login(
            vault,
            http=httpx.Client(transport=httpx.MockTransport(self._login)),
            authority_host=LOGIN,
            instance_discovery=False,
            clock=entra_world.utc_now,
        )
        trials = Trials(login, f"{EXCHANGE}/.default")
        return RotationPorts(
            vault=self._port(vault),
            versions=self._port(VaultVersions(VAULT, self._officer, **reached)),
            registrations=self._port(
                Registrations(
                    Applications(httpx.Client(transport=httpx.MockTransport(self.graph)), GRAPH),
                    login,
                    vault,
                    graph_scope=f"{GRAPH}/.default",
                    clock=entra_world.utc_now,
                )
            ),
            entra=self._port(trials),
            exchange=self._port(Exchange(trials)),
            pins=self._port(self.pins),
            rotations=self._port(self.rotations),
            events=self._port(self.told),
            clock=self.clock,
            overlap=OVERLAP,
            apart=timedelta(seconds=20),
            ahead=AHEAD,
        )

    def _port(self, target: T) -> T:
        return cast("T", _Port(target, self))

    def _login(self, request: httpx.Request) -> httpx.Response:
        if self.busy_logins and request.method == "POST":
            self.busy_logins -= 1
            return httpx.Response(503)
        return self.entra(request)

    def _key_vault(self, request: httpx.Request) -> httpx.Response:
        for fault in self.vault_faults:
            if fault[1] in request.url.path and "Authorization" in request.headers:
                self.vault_faults.remove(fault)
                error = {"error": {"code": "Ordered", "message": "for the test"}}
                return httpx.Response(fault[0], json=error)
        return self.vault(request)

    def live(self) -> None:
        """Use up one deed; the last one kills."""
        self.dies_after -= 1
        if self.dies_after == 0:
            raise Died

    def look(self) -> None:
        """Fail unless the tenant can sign in, and with the version that it would sign with."""
        if not self.looks:
            return
        if self.is_tampered_with:
            assert any(self.works(each) for each in self.vault.certificate_versions(NAME))
        else:
            assert self.works(self.pinned)

    def works(self, version: str) -> bool:
        """Whether a version is registered, known to Entra ID, enabled and in its dates."""
        known = self.vault.certificate_der(NAME, version)
        ends = x509.load_der_x509_certificate(known).not_valid_after_utc
        is_known = ends > entra_world.utc_now() and known in self.registered(usable=True)
        return is_known and self.is_enabled(version)

    def tamper(self) -> None:
        """Take the new key off the app by hand, as long as the old one works."""
        rotation = self.last()
        if rotation.new is None or not self.works(rotation.old.version):
            return
        self.is_tampered_with = True
        taken = self.vault.certificate_der(NAME, rotation.new.version)
        for key in self.application().certificates:
            if key.certificate.public_bytes(serialization.Encoding.DER) == taken:
                self.directory.remove_certificate(self.app.client_id, key.key_id)

    @property
    def pinned(self) -> str:
        """The version the tenant signs with."""
        version = self.pins.active(self.app.tenant_id)
        assert version is not None
        return version

    def application(self) -> Application:
        """Return the registration as it was last written."""
        return next(
            each for each in self.directory.applications() if each.client_id == self.app.client_id
        )

    def registered(self, *, usable: bool = False) -> list[bytes]:
        """Return the certificates on the app, or those that Entra ID knows by now."""
        now = entra_world.utc_now()
        return [
            key.certificate.public_bytes(serialization.Encoding.DER)
            for key in self.application().certificates
            if not usable or key.usable_from <= now
        ]

    def is_enabled(self, version: str) -> bool:
        """Whether a version's key signs."""
        shown = self._administrator.get(f"/certificates/{NAME}/{version}?api-version=7.4")
        return bool(shown.json()["attributes"]["enabled"])

    def learn(self) -> None:
        """Let every replica hear of every key."""
        now = entra_world.utc_now()
        self.directory.change(
            self.app.client_id,
            lambda known: replace(
                known,
                certificates=tuple(
                    replace(
                        key,
                        usable_from=min(key.usable_from, now),
                        settled_from=min(key.settled_from, now),
                    )
                    for key in known.certificates
                ),
            ),
        )

    def order(self, rotation_id: str) -> Rotation:
        """Order a rotation by hand."""
        return rotation_beginning.order(
            self.app, rotation_id=rotation_id, asked_by="helpdesk:jo", ports=self.ports
        )

    def tick(self, rotation_id: str) -> Rotation | None:
        """Let the timer look."""
        return rotation_beginning.begin_if_due(
            self.app, rotation_id=rotation_id, asked_by="timer", ports=self.ports
        )

    def deliver(self) -> Rotation:
        """Deliver the last rotation's message once, and let as much time pass as it asks for."""
        found = self.rotations.last(self.app.tenant_id)
        assert found is not None
        try:
            return certificate_rotation.go_on(found, ports=self.ports)
        except Retryable as waits:
            self.clock.advance(waits.after or timedelta(seconds=30))
        except (Misconfigured, Died):
            self.clock.advance(timedelta(minutes=1))
        except Rejected as refusal:
            certificate_rotation.give_up(found, str(refusal), ports=self.ports)
        return self.last()

    def last(self) -> Rotation:
        """Return the tenant's last rotation."""
        found = self.rotations.last(self.app.tenant_id)
        assert found is not None
        return found

    def closed(self) -> Rotation:
        """Deliver until the last rotation is closed; replicas learn whenever it has to wait."""
        for _ in range(100):
            rotation = self.deliver()
            if rotation.told_at is not None:
                return rotation
            self.learn()
        raise AssertionError(f"comes to no end: {self.last()}")

    def knows_its_object_id(self) -> None:
        """Let the administrator set it."""
        self.app = replace(self.app, object_id=self.application().object_id)

    def with_reading(self, *, allowed: bool) -> None:
        """Let the app read its registration, or not."""
        roles = {EXCHANGE: [REQUIRED_ROLE]} | ({GRAPH: [READ]} if allowed else {})
        self.directory.add_application(
            self.app.client_id, tenant_id=self.app.tenant_id, roles=roles
        )


def quietly(act: Callable[[], object]) -> None:
    """Do what may run into something that was broken on purpose."""
    try:
        act()
    except Failure:
        return
