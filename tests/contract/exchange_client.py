"""Our client in front of the simulated Exchange, in memory."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import msgspec

from shared.exchange.reply import Page
from shared.exchange.transport import Transport
from shared.exchange.turns import Turns
from tests.contract.exchange_world import BASE, TENANT_ID, World, a_token


@dataclass
class SimulatedBearer:
    """Hands out genuine tokens; counts how often one was refused."""

    world: World
    refused: list[str] = field(default_factory=list)
    claims: Mapping[str, object] = field(default_factory=dict)  # changed ones
    stale: list[str] = field(default_factory=list)  # handed out before any good one

    def text(self) -> str:
        """Return a token, which is good now unless a test says otherwise."""
        return self.stale.pop() if self.stale else a_token(self.world.clock(), self.claims)

    def renewed(self, refused: str) -> str:
        """Return another."""
        self.refused.append(refused)
        return a_token(self.world.clock(), {**self.claims, "jti": str(len(self.refused))})


class ClientWorld(World):
    """A tenant, its Exchange, and the transport that speaks to it."""

    def __init__(self, turns: Turns | None = None) -> None:
        super().__init__()
        self.bearer = SimulatedBearer(self)
        self.transport = Transport(
            self.client, base_url=BASE, tenant_id=TENANT_ID, bearer=self.bearer, turns=turns
        )


class Named(msgspec.Struct, rename="pascal"):
    """What every row has."""

    guid: str


def guids(pages: Iterable[Page]) -> list[str]:
    """Return the Guid of every row, in order."""
    return [msgspec.json.decode(row, type=Named).guid for page in pages for row in page]
