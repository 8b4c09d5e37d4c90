"""What an order about users' certificates would do, and the doing of it."""

from dataclasses import dataclass

from shared.devices import certificate_change
from shared.devices import certificate_images as images
from shared.devices.certificate_change import (
    CertificateChange,
    SetCertificateMethod,
    SetModernAuthentication,
    SetPromptLogin,
    StoreChange,
)
from shared.devices.tenant_change import Altered, Image
from shared.errors import NotFound, Rejected
from shared.flows.authority_changes import ClassicStore, PkiStore
from shared.flows.certificate_planning import altered, shown
from shared.flows.trust_ports import OrganizationSettings, TrustDirectory
from shared.trust.federation import Federation
from shared.trust.method import CertificateMethod

SettingChange = SetModernAuthentication | SetPromptLogin | SetCertificateMethod


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateChanging:
    """Plans and makes changes of what one tenant's users' certificates rest on."""

    directory: TrustDirectory
    organization: OrganizationSettings

    def plan(self, change: CertificateChange) -> Altered:
        """Return what the change would do to what stands now; Rejected if it cannot be done."""
        if not isinstance(change, StoreChange):
            return self._planned(change)
        if certificate_change.leaves_gap(change):
            return self.classic_store.plan(change)
        return self.pki_store.plan(change)

    def require_as_planned(self, change: CertificateChange, before: Image | None) -> None:
        """Raise Rejected if what is replaced as a whole is no longer what is kept of it."""
        if isinstance(change, StoreChange) and certificate_change.leaves_gap(change):
            self.classic_store.require_as_planned(change, before or {})

    def make(self, change: CertificateChange, before: Image | None) -> Image | None:
        """
        Make the change, and return how its target then stands.

        What stands as ordered is left alone: an earlier attempt has made it. *before* is
        what is kept of the target since the change was planned.
        """
        if not isinstance(change, StoreChange):
            return self._made(change)
        if certificate_change.leaves_gap(change):
            return self.classic_store.make(change, before or {})
        return self.pki_store.make(change)

    def give_up(self, change: CertificateChange, before: Image | None) -> None:
        """Bring back what a change has deleted and not made anew."""
        if certificate_change.leaves_gap(change) and before is not None:
            self.classic_store.give_up(before)

    @property
    def pki_store(self) -> PkiStore:
        """The store in which each authority is changed by itself."""
        return PkiStore(directory=self.directory)

    @property
    def classic_store(self) -> ClassicStore:
        """The store that is only replaced as a whole."""
        return ClassicStore(directory=self.directory)

    def _planned(self, change: SettingChange) -> Altered:
        before = self._standing(change)
        if isinstance(change, SetCertificateMethod):
            wanted = images.merged(self.directory.certificate_method(), change)
            images.of_method(wanted)  # Rejected if it could not be kept afterwards
            _require_of_use(wanted)
        return altered(change, before, left=())

    def _made(self, change: SettingChange) -> Image:
        standing = self._standing(change)
        if not images.is_reached(change, standing):
            self._write(change)
            standing = self._standing(change)
        return shown(change, standing)

    def _write(self, change: SettingChange) -> None:
        match change:
            case SetModernAuthentication():
                self.organization.set_modern_authentication(enabled=change.enabled)
            case SetPromptLogin():
                self.directory.set_prompt_login(change.domain, change.behavior)
            case SetCertificateMethod():
                method = images.merged(self.directory.certificate_method(), change)
                self.directory.set_certificate_method(method)

    def _standing(self, change: SettingChange) -> Image:
        match change:
            case SetModernAuthentication():
                return {"enabled": self.organization.modern_authentication()}
            case SetPromptLogin():
                return images.of_federation(self._federation(change.domain))
            case SetCertificateMethod():
                return images.of_method(self.directory.certificate_method())

    def _federation(self, name: str) -> Federation:
        for domain in self.directory.domains():
            if domain.name.lower() == name.lower():
                if domain.federation is None:
                    raise NotFound(f"{name} is not federated: Entra ID itself asks its users")
                return domain.federation
        raise NotFound(f"the tenant has no domain {name}: name one that it has verified")


def _require_of_use(method: CertificateMethod) -> None:
    if method.is_enabled and not method.include:
        raise Rejected("sign-in by certificate would be on for nobody: include a group")
    both = {each.id for each in method.include} & {each.id for each in method.exclude}
    if both:
        raise Rejected(f"included and excluded at once: {', '.join(sorted(both))}")
