"""What all orders have in common that are not about one device."""

import msgspec


class Change(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="action"):
    """One change; unknown fields are refused: they may change its meaning."""
