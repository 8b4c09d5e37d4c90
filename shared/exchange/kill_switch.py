"""The switch that stops all writes to one tenant, whoever asks for them."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass

from shared.errors import Misconfigured
from shared.exchange.asking import MODULE
from shared.exchange.reply import READS
from shared.exchange.turns import Turn, Turns


@dataclass(frozen=True, slots=True, kw_only=True)
class KillSwitch:
    """Grants turns for reads only; what wants to write waits until the switch is taken back."""

    tenant_id: str
    turns: Turns

    def turn(self, cmdlets: Sequence[str]) -> AbstractContextManager[Turn]:
        """Grant a turn, unless one of the cmdlets may change something."""
        writes = [cmdlet for cmdlet in cmdlets if not cmdlet.startswith((READS, MODULE))]
        if writes:
            raise Misconfigured(
                f"writes to tenant {self.tenant_id} are switched off ({writes[0]}): set "
                '"writes": true in its limits in TENANTS to go on'
            )
        return self.turns.turn(cmdlets)
