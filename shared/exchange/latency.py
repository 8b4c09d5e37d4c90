"""How long cmdlets usually take, and whether an answer was far slower than that."""

FAR = 3.0  # times the usual
NOTICEABLE = 2.0  # seconds: what is quicker is never slow
WEIGHT = 0.05  # of the newest answer; so lasting slowness becomes the usual


class Latency:
    """Seconds by what was sent together, a moving average: a batch is slower than its parts."""

    def __init__(self) -> None:
        self._usual: dict[tuple[str, ...], float] = {}

    def is_slow(self, cmdlets: tuple[str, ...], seconds: float) -> bool:
        """Tell whether this answer was slow for its like, and remember it."""
        usual = self._usual.setdefault(cmdlets, seconds)
        self._usual[cmdlets] = usual + WEIGHT * (seconds - usual)
        return seconds > max(FAR * usual, NOTICEABLE)
