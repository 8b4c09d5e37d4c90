"""Objects that have just been made and are not to be seen yet."""

from collections import Counter


class Replication:
    """Hides each new object from the next `reads` requests that look for it."""

    def __init__(self) -> None:
        self.reads = 0
        self._hidden: Counter[str] = Counter()

    def made(self, object_id: str) -> None:
        """Note that an object has been made."""
        self._hidden[object_id] = self.reads

    def shows(self, object_id: str) -> bool:
        """Say whether a request that looks for the object finds it; looking brings it nearer."""
        if self._hidden[object_id] <= 0:
            return True
        self._hidden[object_id] -= 1
        return False
