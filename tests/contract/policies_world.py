"""Our policies client before the simulated Exchange."""

from shared.exchange.policies import Policies
from shared.exchange.transport import Transport
from tests.contract.exchange_world import BASE, TENANT_ID, World, a_token


class Bearer:
    """Hands out tokens that the simulator trusts."""

    def __init__(self, world: World) -> None:
        self._world = world

    def text(self) -> str:
        """Return a token."""
        return a_token(self._world.clock())

    def renewed(self, refused: str) -> str:
        """Return another token."""
        del refused
        return self.text()


def policies_of(world: World) -> Policies:
    """Return our client; while it waits, the world's clock goes on."""
    transport = Transport(world.client, base_url=BASE, tenant_id=TENANT_ID, bearer=Bearer(world))
    return Policies(transport, sleep=lambda seconds: world.clock.advance(seconds=seconds))
