"""What the asking of MDMs needs from the world."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from shared.devices.model import Ownership, Posture, Trust
from shared.devices.polling import Extent, Known, Missing, Progress
from shared.devices.subject import Report, Subject


class Heard(Protocol):
    """One device, as its MDM lists it."""

    @property
    def subject(self) -> Subject:
        """Its names; among them always `mdm_id`."""
        ...

    @property
    def posture(self) -> Posture | None:
        """What it is; None if the MDM does not say."""
        ...

    @property
    def ownership(self) -> Ownership:
        """Whose it is."""
        ...

    @property
    def occurred_at(self) -> datetime | None:
        """When it last reported to its MDM."""
        ...


class Page(Protocol):
    """A part of the list."""

    @property
    def heard(self) -> Sequence[Heard]:
        """The devices; where one is there twice, the later stands."""
        ...

    @property
    def unknown(self) -> Sequence[str]:
        """What the MDM said and nobody understands."""
        ...

    @property
    def following(self) -> str | None:
        """The place of the next part; None: this was the last."""
        ...

    @property
    def verified_by(self) -> str:
        """With which secret it was asked for."""
        ...


class Listing(Protocol):
    """An MDM that lists its devices."""

    def page(self, since: datetime | None, place: str) -> Page:
        """
        Return the part at a place, of all devices or of those that have reported since.

        Whoever goes from the empty place to the end has seen each device that was there all
        the while, whatever came and went.
        """
        ...

    def find(self, mdm_id: str) -> Page:
        """Return one device, alone on a page; nobody is on it if the MDM does not list it."""
        ...

    def ping(self) -> None:
        """Raise a Failure unless the MDM answers us."""
        ...


class Polled(Protocol):
    """What is known of polled devices, and how far the polling has come."""

    def progress(self, sender: str, extent: Extent) -> Progress:
        """Return how far it has come."""
        ...

    def save(self, sender: str, extent: Extent, progress: Progress) -> Progress:
        """Note how far it has come; Contended if another worker has gone on meanwhile."""
        ...

    def find(self, sender: str, mdm_id: str) -> Known | None:
        """Return what is known of a device, if anything is."""
        ...

    def put(self, sender: str, devices: Sequence[Known]) -> None:
        """Note what is known of devices; repeating it does no harm."""
        ...

    def missing(self, sender: str, before: datetime) -> Missing:
        """Return the devices that were last seen before a moment, and that are not over."""
        ...


class ReportQueue(Protocol):
    """What was found, to be handled later by any worker."""

    def put_words(self, words: Sequence[Report]) -> None:
        """Put reports on device-signals, in as few messages as carry them."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class PolledSender:
    """One MDM that has to be asked."""

    name: str
    tenant_id: str
    trust: Trust
    listing: Listing
