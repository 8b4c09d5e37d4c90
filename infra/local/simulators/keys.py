"""RSA keys for those who make many."""

import functools
import itertools
import threading
from collections.abc import Iterator

from cryptography.hazmat.primitives.asymmetric import rsa

_MADE = 12  # of each size, in one process
_LOCK = threading.Lock()


def another_key(bits: int) -> rsa.RSAPrivateKey:
    """
    Return another key than the last few were.

    Making one takes up to half a second of a processor, so those of a process come round again.
    """
    with _LOCK:
        return next(_keys(bits))


@functools.cache
def _keys(bits: int) -> Iterator[rsa.RSAPrivateKey]:
    made: list[rsa.RSAPrivateKey] = []
    while len(made) < _MADE:
        made.append(rsa.generate_private_key(65537, bits))
        yield made[-1]
    yield from itertools.cycle(made)
