"""The vault, the directory and the listeners of a tenant whose certificate is rotated."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from shared.credentials.certificate import App, Certificate
from shared.credentials.rotation import Rotation
from shared.errors import Failure, Misconfigured, NotFound, NotPermitted, Rejected
from shared.events import rotations
from shared.events.catalogue import Event
from tests.unit.certificates import an_app
from tests.unit.stand_ins import FakeClock

NAME = "easgate"
LIFE = timedelta(days=180)


@dataclass
class Vault:
    """A vault that makes versions, and signs with those that are enabled and in their dates."""

    clock: FakeClock
    held: list[Certificate] = field(default_factory=list)
    issuing: timedelta = timedelta()  # how long a version takes
    refusal: Failure | None = None
    ready_at: datetime | None = None

    def __post_init__(self) -> None:
        self.make()

    def make(self) -> Certificate:
        """Make a version."""
        number = len(self.held) + 1
        made = Certificate(
            name=NAME,
            version=f"v{number}",
            key_id=f"https://vault.example/keys/{NAME}/v{number}",
            der=f"certificate {number}".encode(),
            is_enabled=True,
            valid_from=self.clock() - timedelta(minutes=10),
            expires_at=self.clock() + LIFE,
        )
        self.held.append(made)
        return made

    def certificate(self, name: str, version: str = "") -> Certificate:
        """Return a version."""
        assert name == NAME
        assert version, "never the latest"
        found = [each for each in self.held if each.version == version]
        if not found:
            raise NotFound(f"the vault has no certificate {name} {version}")
        return found[0]

    def versions(self, name: str) -> tuple[Certificate, ...]:
        """Return all."""
        assert name == NAME
        return tuple(self.held)

    def create_version(self, name: str, *, beyond: str) -> str | None:
        """Make a version, at once or in time."""
        assert name == NAME
        if self.refusal:
            raise self.refusal
        if self.held[-1].version != beyond:
            return self.held[-1].version
        if self.ready_at is None:
            self.ready_at = self.clock() + self.issuing
        if self.clock() < self.ready_at:
            return None
        self.ready_at = None
        return self.make().version

    def disable(self, certificate: Certificate) -> None:
        """Disable a version."""
        self.change(certificate.version, is_enabled=False)

    def proves_key(self, certificate: Certificate) -> bool:
        """Sign with a version."""
        self.check_signs(certificate)
        return True

    def check_signs(self, certificate: Certificate) -> None:
        """Raise unless the version's key may be used."""
        if not self.can_sign(certificate.version):
            raise Misconfigured("Key Vault denies: the key is disabled or out of its dates")

    def can_sign(self, version: str) -> bool:
        """Whether the version's key may be used."""
        held = self.certificate(NAME, version)
        return held.is_enabled and held.valid_from <= self.clock() < held.expires_at

    def change(self, version: str, **changes: object) -> None:
        """Change a version."""
        self.held = [
            replace(each, **changes) if each.version == version else each  # type: ignore[arg-type]  # named fields only
            for each in self.held
        ]


@dataclass
class Directory:
    """Entra ID: the keys on the app, of which the token endpoint learns late."""

    clock: FakeClock
    vault: Vault
    keys: dict[str, bytes] = field(default_factory=dict)  # by key id
    known_from: dict[str, datetime] = field(default_factory=dict)
    propagation: timedelta = timedelta()
    may_read: bool = True
    refusal: Failure | None = None  # of every new key
    behind: list[bool] = field(default_factory=list)  # replicas that know no new key, in order
    made: int = 0

    def register(self, certificate: Certificate) -> str:
        """Put a key on the app, by hand or otherwise."""
        self.made += 1
        key_id = f"key-{self.made}"
        self.keys[key_id] = certificate.der
        self.known_from[key_id] = self.clock() + self.propagation
        return key_id

    def knows(self, certificate: Certificate) -> bool:
        """Whether the token endpoint knows the certificate."""
        return any(
            der == certificate.der and self.known_from[key_id] <= self.clock()
            for key_id, der in self.keys.items()
        )

    def key_ids(
        self, app: App, certificate: Certificate, *, signed_by: Certificate
    ) -> tuple[str, ...]:
        """Return the keys that are this certificate."""
        self._authenticate(app, signed_by)
        if not self.may_read:
            raise NotPermitted("Graph denies this: grant Application.Read.All")
        return tuple(key_id for key_id, der in self.keys.items() if der == certificate.der)

    def add_key(self, app: App, certificate: Certificate, *, signed_by: Certificate) -> str:
        """Put a key on the app, as often as it is sent."""
        self._authenticate(app, signed_by)
        if self.refusal:
            raise self.refusal
        return self.register(certificate)

    def remove_key(self, app: App, key_id: str, *, signed_by: Certificate) -> None:
        """Take a key off the app, be it the last."""
        self._authenticate(app, signed_by)
        self.keys.pop(key_id, None)

    def earns_token(self, app: App, certificate: Certificate) -> bool:
        """Whether the replica asked takes the certificate."""
        assert app == an_app()
        self.vault.check_signs(certificate)
        is_behind = self.behind.pop(0) if self.behind else False
        is_new = certificate.version != "v1"
        return self.knows(certificate) and not (is_behind and is_new)

    def answers(self, app: App, certificate: Certificate) -> None:
        """Be Exchange, asked with a token of this certificate."""
        assert self.earns_token(app, certificate)

    def _authenticate(self, app: App, signed_by: Certificate) -> None:
        assert app == an_app()
        self.vault.check_signs(signed_by)
        if not self.knows(signed_by):
            raise Rejected("Graph does not accept the proof of possession")


@dataclass
class Told:
    """What the world was told of rotations; the catalogue makes the events."""

    sent: list[Event] = field(default_factory=list)

    def certificate_rotated(self, rotation: Rotation) -> None:
        """Take that one is done."""
        self.sent.append(rotations.certificate_rotated(rotation))

    def certificate_rotation_failed(self, rotation: Rotation) -> None:
        """Take that one has failed."""
        self.sent.append(rotations.certificate_rotation_failed(rotation))

    @property
    def ids(self) -> set[str]:
        """What a consumer is left with once it has dropped repeats."""
        return {event.id for event in self.sent}
