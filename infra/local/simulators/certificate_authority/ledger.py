"""What an authority has revoked, and what of it each of its lists says."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from cryptography import x509

from infra.local.simulators.certificate_authority.lists import Entry

LIFETIME = timedelta(days=7)  # of a whole list
DELTA_LIFETIME = timedelta(days=1)
_FIRST_NUMBER = 100


class Ledger:
    """
    Revocations, and the numbers of the lists that tell of them.

    Whole lists and deltas share one sequence of numbers (RFC 5280, 5.2.3). Each is made anew
    when half of its life is gone.
    """

    def __init__(self, clock: Callable[[], datetime], *, has_delta: bool) -> None:
        self.number = self.base_number = _FIRST_NUMBER
        self.published_at = self.changed_at = clock()
        self._clock, self._has_delta = clock, has_delta
        self._revoked = dict[int, Entry]()
        self._base = dict[int, Entry]()

    def revoke(self, serial: int, reason: x509.ReasonFlags | None) -> None:
        """List a certificate."""
        self._revoked[serial] = Entry(serial=serial, revoked_at=self._clock(), reason=reason)
        self._changed()

    def reinstate(self, serial: int) -> None:
        """List a certificate no longer; raises LookupError unless it was on hold."""
        entry = self._revoked.get(serial)
        if entry is None or entry.reason is not x509.ReasonFlags.certificate_hold:
            raise LookupError(f"{serial:X} is not on hold")
        del self._revoked[serial]
        self._changed()

    def publish(self) -> None:
        """Make a whole list with everything in it."""
        self.number += 1
        self.base_number = self.number
        self.published_at = self.changed_at = self._clock()
        self._base = dict(self._revoked)

    def keep_fresh(self) -> None:
        """Make anew what is half gone."""
        now = self._clock()
        if now - self.published_at >= LIFETIME / 2:
            self.publish()
        elif self._has_delta and now - self.changed_at >= DELTA_LIFETIME / 2:
            self._changed()

    @property
    def base(self) -> tuple[Entry, ...]:
        """What the whole list says."""
        return tuple(self._base.values())

    @property
    def delta(self) -> tuple[Entry, ...]:
        """What has changed since."""
        news = [entry for serial, entry in self._revoked.items() if self._base.get(serial) != entry]
        freed = [entry for serial, entry in self._base.items() if serial not in self._revoked]
        removed = x509.ReasonFlags.remove_from_crl
        return (*news, *(replace(entry, reason=removed) for entry in freed))

    def _changed(self) -> None:
        if self._has_delta:
            self.number += 1
            self.changed_at = self._clock()
        else:
            self.publish()
