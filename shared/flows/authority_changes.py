"""Authorities are put into a tenant's trust stores, taken out, or told to be checked elsewhere."""

from collections.abc import Iterable
from dataclasses import dataclass

from shared.devices import certificate_change
from shared.devices import certificate_images as images
from shared.devices.certificate_change import (
    AddTrustedCa,
    RemoveTrustedCa,
    SetCaCrl,
    StoreChange,
)
from shared.devices.tenant_change import Altered, Image
from shared.errors import Misconfigured, Rejected, Retryable
from shared.flows.certificate_planning import NOT_YET_VISIBLE, altered, shown
from shared.flows.trust_ports import TrustDirectory
from shared.trust import x509
from shared.trust.authority import Authority


@dataclass(frozen=True, slots=True, kw_only=True)
class PkiStore:
    """Each authority is changed by itself."""

    directory: TrustDirectory

    def plan(self, change: StoreChange) -> Altered:
        """Return what the change would do to what stands now; Rejected if it cannot be done."""
        held = self.directory.authorities()
        before = _image(change, _only(change, held))
        _require_new(change, before)
        about = certificate_change.thumbprint(change)
        return altered(change, before, left=[each for each in held if each.thumbprint != about])

    def make(self, change: StoreChange) -> Image | None:
        """Make the change unless it is made, and return how the authority then stands."""
        found = _only(change, self.directory.authorities())
        if images.is_reached(change, _image(change, found)):
            return _image(change, found)
        if isinstance(change, AddTrustedCa):
            self.directory.add_authority(certificate_change.authority(change))
        elif found is not None:
            self._change(change, found)
        return shown(change, _image(change, _only(change, self.directory.authorities())))

    def _change(self, change: RemoveTrustedCa | SetCaCrl, found: Authority) -> None:
        if isinstance(change, RemoveTrustedCa):
            self.directory.remove_authority(found)
        else:
            self.directory.set_crl(found, change.crl_url, change.delta_crl_url)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassicStore:
    """
    Only replaced as a whole, and empty in between.

    What it is to hold follows from what it held when the change was planned, which is kept
    in the operation: after a death in between nothing is there to be read.
    """

    directory: TrustDirectory

    def plan(self, change: StoreChange) -> Altered:
        """Return what the change would do; Rejected also if what stands is too long to be kept."""
        held = self.directory.classic_authorities()
        _require_readable(held)
        before = images.of_store(held)
        _require_new(change, before)
        wanted = images.changed(change, held)
        images.of_store(wanted)
        return altered(change, before, left=wanted)

    def require_as_planned(self, change: StoreChange, before: Image) -> None:
        """Raise Rejected if the store no longer holds what is kept of it."""
        standing = images.of_store(self.directory.classic_authorities())
        if standing not in (before, _wanted(change, before)):
            raise _changed_since()

    def make(self, change: StoreChange, before: Image) -> Image:
        """Make the change unless it is made, and return what the store then holds."""
        wanted, standing = _wanted(change, before), self._standing()
        if standing == wanted:
            return standing
        if standing not in (before, images.of_store(())):
            raise _changed_since()
        self._replace(images.store(wanted), images.store(before))
        standing = self._standing()
        if standing != wanted:
            about = certificate_change.target(change)
            raise Retryable(f"replaced, but not to be seen yet: {about}", after=NOT_YET_VISIBLE)
        return standing

    def give_up(self, before: Image) -> None:
        """Put back what is kept, if an attempt has left nothing."""
        kept = images.store(before)
        if kept and not self.directory.classic_authorities():
            self._put_back(kept)

    def _standing(self) -> Image:
        return images.of_store(self.directory.classic_authorities())

    def _replace(self, wanted: Iterable[Authority], kept: tuple[Authority, ...]) -> None:
        try:
            self.directory.replace_classic(tuple(wanted), kept=kept)
        except Rejected as refusal:
            # What was there may be deleted by now.
            self._put_back(kept)
            raise Rejected(f"{refusal}; what the classic store held is in it again") from refusal

    def _put_back(self, kept: tuple[Authority, ...]) -> None:
        try:
            self.directory.replace_classic(kept, kept=())
        except Rejected as refusal:
            raise Misconfigured(
                "the classic store may be empty, and what it held is refused: put in by hand what "
                f"the operation shows as before. {refusal}"
            ) from refusal


def _wanted(change: StoreChange, before: Image) -> Image:
    if images.is_reached(change, before):
        return before
    return images.of_store(images.changed(change, images.store(before)))


def _image(change: StoreChange, found: Authority | None) -> Image | None:
    if isinstance(change, SetCaCrl):
        if found is None:
            raise images.not_held(change)
        return images.of_addresses(found)
    return images.of_authority(found) if found else None


def _only(change: StoreChange, held: Iterable[Authority]) -> Authority | None:
    about = certificate_change.thumbprint(change)
    found = [each for each in held if each.thumbprint == about]
    if len(found) > 1:
        raise Rejected(
            f"authority {about} is {len(found)} times in the PKI store: delete all but one there"
        )
    return found[0] if found else None


def _require_new(change: StoreChange, before: Image | None) -> None:
    """Raise Rejected if what is to be trusted is so already, in another way."""
    if not isinstance(change, AddTrustedCa) or images.is_reached(change, before):
        return
    if before and images.entries(change, before):
        raise Rejected(
            "the authority is in the store already, with other addresses or as another kind: "
            "order set_ca_crl, or remove it first"
        )


def _require_readable(held: Iterable[Authority]) -> None:
    """Raise Rejected if the store holds what it would not take again, once it is deleted."""
    for each in held:
        try:
            x509.parsed(each.certificate)
        except Rejected as refusal:
            raise Rejected(
                f"the classic store holds {each.thumbprint}, which could not be put in again: "
                f"change it where it is, or take the PKI store. {refusal}"
            ) from refusal


def _changed_since() -> Rejected:
    return Rejected(
        "somebody else has changed the classic store since this was planned: nothing is done, or "
        "theirs would be lost; order it again"
    )
