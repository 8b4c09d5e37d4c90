"""One page of the inventory as Exchange lists it, and the settings that bear on all devices."""

from hashlib import blake2b

import msgspec

from shared.devices.inventory import FINGERPRINT_BYTES, Row
from shared.devices.model import AccessLevel, AccessRule

SLICES = "~"  # the cursor with which a part starts over once a listing was cut short


class Listed(msgspec.Struct, frozen=True, kw_only=True):
    """One page; it may be empty without being the last."""

    rows: list[Row]
    cursor: str  # of the next page; "" after the last
    calls: int  # requests that it took
    untold: str = ""  # of a run for changes: what this page cannot show, and why


class AccessSettings(msgspec.Struct, frozen=True, kw_only=True):
    """What decides over devices that are on no list; a change of it can change all of them."""

    policies: tuple[str, ...]  # names of the mobile device mailbox policies
    rules: tuple[AccessRule, ...]
    default: AccessLevel

    @property
    def fingerprint(self) -> bytes:
        """The same for the same settings, whatever order Exchange lists them in."""
        rules = sorted((rule.characteristic, rule.query, rule.level) for rule in self.rules)
        told = msgspec.msgpack.encode((sorted(self.policies), rules, self.default))
        return blake2b(told, digest_size=FINGERPRINT_BYTES).digest()
