"""A tenant whose writes are switched off is read, and nothing else."""

import pytest

from shared.errors import Misconfigured
from shared.exchange.asking import MODULE
from shared.exchange.governor import DESTRUCTIVE
from shared.exchange.kill_switch import KillSwitch
from tests.unit.builders import TENANT
from tests.unit.governed import Worker, answered
from tests.unit.stand_ins import FakeTable


def switched_off() -> tuple[KillSwitch, Worker]:
    """Return the switch before a worker's governor."""
    worker = Worker("one", FakeTable())
    return KillSwitch(tenant_id=TENANT, turns=worker.governor), worker


@pytest.mark.parametrize("verb", [*DESTRUCTIVE, "Enable-", "Add-", "Invoke-"])
@pytest.mark.parametrize("others", [[], ["Get-A"], ["Get-A", "Get-B"]])
def test_nothing_that_may_write_goes_out(verb: str, others: list[str]) -> None:
    """Not alone, not in the middle of reads; a verb that nobody knows yet may write."""
    switch, _ = switched_off()
    with pytest.raises(Misconfigured, match=rf"{TENANT} .*{verb}X.* TENANTS"):
        switch.turn([*others, f"{verb}X", "Get-C"])


@pytest.mark.parametrize("cmdlets", [["Get-A"], ["Get-A", "Get-B"], [MODULE]])
def test_reads_take_their_turn_like_everybody(cmdlets: list[str]) -> None:
    """The switch makes nobody faster."""
    switch, worker = switched_off()
    with switch.turn(cmdlets) as turn:
        turn.answered(answered(429, 4))
    with switch.turn(cmdlets):
        assert worker.now == pytest.approx(4)
