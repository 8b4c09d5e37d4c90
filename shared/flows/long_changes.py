"""Orders that take many steps: each keeps a record of its own, and is called until it ends."""

from dataclasses import dataclass
from typing import Protocol

from shared.credentials import rotation as judgement
from shared.credentials.certificate import App
from shared.credentials.rotation import Key, Rotation
from shared.credentials.rotation import Phase as RotationPhase
from shared.devices.coverage import DefaultAccessChange, Phase
from shared.devices.operation import Operation
from shared.devices.tenant_change import Altered, Image, SetDefaultAccess
from shared.errors import Rejected
from shared.flows import certificate_rotation, default_access, rotation_beginning
from shared.flows.ports import Clock
from shared.flows.rotation_ports import RotationPorts
from shared.flows.tenant_ports import DefaultAccess, DefaultAccessChanges


class Story(Protocol):
    """One kind of such an order."""

    def plan(self, operation: Operation) -> Altered:
        """Return what it would do to what stands now; Rejected if it cannot; nothing is done."""
        ...

    def first(self, operation: Operation) -> None:
        """Do what waits for nobody's approval; most of these orders have nothing of the kind."""
        ...

    def go_on(self, operation: Operation) -> Altered:
        """Return what came of it; Unfinished or Retryable say when to call again."""
        ...

    def has_begun(self, operation: Operation) -> bool:
        """Whether it runs, or has run: then no newer order takes its place."""
        ...

    def give_up(self, operation: Operation, why: str) -> None:
        """End it; what must not be left half done is taken back first."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class DefaultAccessLevel:
    """The default access level is changed, shutting nobody out."""

    exchange: DefaultAccess
    changes: DefaultAccessChanges
    clock: Clock

    def plan(self, operation: Operation) -> Altered:
        """Return the level that stands; whoever rests on it is put on an allowed list first."""
        wanted = _default_change(operation).wanted
        before = self.exchange.access_policy().default
        return Altered(
            says=f"default access level {wanted} in place of {before}, shutting nobody out",
            before={"level": before},
        )

    def first(self, operation: Operation) -> None:
        """Do nothing."""

    def go_on(self, operation: Operation) -> Altered:
        """Return the level before and after; Rejected if it was taken back."""
        ended = default_access.handle(
            _default_change(operation),
            exchange=self.exchange,
            changes=self.changes,
            clock=self.clock,
        )
        if ended.phase is not Phase.DONE:
            raise Rejected(ended.why)
        return Altered(
            says=f"default access level {ended.wanted}: {ended.why}",
            before={"level": ended.before or ended.wanted},
            after={"level": ended.wanted},
        )

    def has_begun(self, operation: Operation) -> bool:
        """Whether the change has a record."""
        return self.changes.find(operation.tenant_id, operation.operation_id) is not None

    def give_up(self, operation: Operation, why: str) -> None:
        """Take back what nobody has watched."""
        default_access.give_up(
            _default_change(operation),
            why,
            exchange=self.exchange,
            changes=self.changes,
            clock=self.clock,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateRotation:
    """The certificate is replaced by a new one, without a gap."""

    ports: RotationPorts
    app: App

    def plan(self, operation: Operation) -> Altered:
        """Return the key in use; Rejected if a rotation is under way."""
        del operation
        last = self.ports.rotations.last(self.app.tenant_id)
        if last and not last.is_finished:
            raise _under_way(last)
        active = rotation_beginning.replaceable(self.app, self.ports)
        return Altered(
            says=f"certificate {active.name} gets a new version, and signs with it",
            before=_key(judgement.key_of(active, last.left if last else ())),
        )

    def first(self, operation: Operation) -> None:
        """Do nothing."""

    def go_on(self, operation: Operation) -> Altered:
        """Return the key before and after; Rejected if the rotation failed, or another runs."""
        rotation = self.ports.rotations.find(operation.tenant_id, operation.operation_id)
        if rotation is None:
            rotation = rotation_beginning.order(
                self.app,
                rotation_id=operation.operation_id,
                asked_by=operation.asked_by,
                ports=self.ports,
            )
        if rotation.rotation_id != operation.operation_id:
            raise _under_way(rotation)
        ended = certificate_rotation.go_on(rotation, ports=self.ports)
        if ended.phase is not RotationPhase.DONE:
            raise Rejected(f"{ended.why}; {ended.remedy}")
        return Altered(
            says=f"the certificate was rotated{f', but {ended.why}' if ended.why else ''}",
            before=_key(ended.old),
            after=_key(ended.successor),
        )

    def has_begun(self, operation: Operation) -> bool:
        """Say that it has: of two orders the later one learns that a rotation is under way."""
        del operation
        return True

    def give_up(self, operation: Operation, why: str) -> None:
        """End it where it stands; no key is touched."""
        rotation = self.ports.rotations.find(operation.tenant_id, operation.operation_id)
        if rotation is not None:
            certificate_rotation.give_up(rotation, why, ports=self.ports)


def _default_change(operation: Operation) -> DefaultAccessChange:
    if not isinstance(operation.change, SetDefaultAccess):
        raise TypeError("only an order for the default access level is one")
    return DefaultAccessChange(
        change_id=operation.operation_id,
        tenant_id=operation.tenant_id,
        wanted=operation.change.level,
        started_at=operation.opened_at,
    )


def _under_way(rotation: Rotation) -> Rejected:
    return Rejected(
        f"a rotation is under way already, ordered by {rotation.asked_by}: see operation "
        f"{rotation.rotation_id}"
    )


def _key(key: Key) -> Image:
    return {
        "version": key.version,
        "thumbprint_sha256": key.thumbprint,
        "expires_at": key.expires_at.isoformat(),
    }
