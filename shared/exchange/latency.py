"""How long each cmdlet usually takes, and whether an answer was far slower than that."""

FAR = 3.0  # times the usual
NOTICEABLE = 2.0  # seconds: what is quicker is never slow
WEIGHT = 0.05  # of the newest answer; so lasting slowness becomes the usual


class Latency:
    """Seconds by cmdlet, a moving average."""

    def __init__(self) -> None:
        self._usual: dict[str, float] = {}

    def is_slow(self, cmdlet: str, seconds: float) -> bool:
        """Tell whether this answer was slow for its cmdlet, and remember it."""
        usual = self._usual.setdefault(cmdlet, seconds)
        self._usual[cmdlet] = usual + WEIGHT * (seconds - usual)
        return seconds > max(FAR * usual, NOTICEABLE)
