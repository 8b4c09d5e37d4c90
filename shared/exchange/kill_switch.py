"""The switch that stops all writes to one tenant, whoever asks for them."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass

from shared.errors import Misconfigured
from shared.exchange.governor import DESTRUCTIVE
from shared.exchange.turns import Turn, Turns


@dataclass(frozen=True, slots=True, kw_only=True)
class KillSwitch:
    """Grants turns for reads only; what wants to write waits until the switch is taken back."""

    tenant_id: str
    turns: Turns

    def turn(self, cmdlets: Sequence[str]) -> AbstractContextManager[Turn]:
        """Grant a turn, unless one of the cmdlets changes something."""
        writes = [cmdlet for cmdlet in cmdlets if cmdlet.startswith(DESTRUCTIVE)]
        if writes:
            raise Misconfigured(
                f"writes to tenant {self.tenant_id} are switched off ({writes[0]}): set "
                '"writes": true in its limits in TENANTS to go on'
            )
        return self.turns.turn(cmdlets)
