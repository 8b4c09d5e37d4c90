"""`python3 -m infra.local bench NAME`: measurements, as ratios, because machines differ."""

import importlib
import sys

_BENCHES = {
    "intake": "webhooks through the function host beside a function that does nothing",
    "exchange": "our Exchange client beside a bare httpx loop, its memory, its time per action",
    "inventory": "the inventory beside a bare loop over its pages and beside a call per mailbox",
    "cost": "what units of work take, what a month of a tenant costs by that, and where limits are",
    "brake": "10,000 rogue reports against four workers: where they stop, and how long that takes",
}


def main(argv: list[str]) -> int:
    """Run the bench of this name; without a name, tell the names."""
    if not argv:
        print("\n".join(f"{name:10} {what}" for name, what in _BENCHES.items()))
        return 0
    if argv[0] not in _BENCHES:
        print(f"there is no bench {argv[0]}: {', '.join(_BENCHES)}", file=sys.stderr)
        return 2
    bench = importlib.import_module(f"infra.local.benches.{argv[0]}")
    code: int = bench.main(argv[1:])
    return code
