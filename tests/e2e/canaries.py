"""Knows every secret of a world, in each spelling, and finds them where none may be."""

import base64
import json
import re
import threading
from collections.abc import Iterable, Iterator, Mapping
from urllib.parse import parse_qs, quote

import httpx
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from infra.local.serve import Simulator
from infra.local.world import World

PIECE = 32  # characters; anything much shorter turns up by chance
TOKEN = re.compile(r"[\w-]+\.([\w-]+)\.([\w-]+)=*")
ACCOUNT_KEY = re.compile(r"AccountKey=([^;]+)")
MESSAGE_TEXT = re.compile(r"<MessageText>([^<]*)</MessageText>")


class Canaries:
    """Listens at every service: what the app shows or is given there are its secrets."""

    def __init__(self) -> None:
        self.tokens: set[str] = set()
        self.assertions: set[str] = set()
        self.stored: list[str] = []  # all that the app ever sent to storage
        self._others: dict[str, str] = {}
        self._lock = threading.Lock()

    def watch(self, name: str, simulator: Simulator) -> Simulator:
        """Wrap a service, as `World(watch=...)` wants it."""

        def listening(request: httpx.Request) -> httpx.Response:
            request.read()
            answer = simulator(request)
            with self._lock:
                self._note(name, request, answer)
            return answer

        return listening

    def spellings(self, world: World) -> dict[str, set[str]]:
        """Return each secret by what it is, in all the ways it could be written."""
        key = ACCOUNT_KEY.search(world.connection_string)
        assert key is not None
        texts = {
            **self._others,
            "the webhook secret": world.webhook_secret,
            "the webhook secret's bytes": world.webhook_secret.removeprefix("whsec_"),
            "the function key": world.function_key,
            "the master key": world.master_key,
            "the storage key": key[1],
            **dict(_sender_secrets(world)),
        }
        spelled = {name: set(spelled_text(text)) for name, text in texts.items()}
        for kind, tokens in (("token", self.tokens), ("assertion", self.assertions)):
            for number, token in enumerate(sorted(tokens)):
                spelled[f"{kind} {number}"] = set(spelled_token(token))
        for number, private in enumerate(world.vault.private_keys()):
            spelled[f"private key {number}"] = set(spelled_key(private))
        return spelled

    def _note(self, name: str, request: httpx.Request, answer: httpx.Response) -> None:
        if name in {"queues", "tables"}:
            self.stored.append(readable(request.content.decode(errors="replace")))
            return
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() == "bearer":
            self.tokens.add(token)
        if header := request.headers.get("X-IDENTITY-HEADER"):
            self._others["the identity header"] = header
        for assertion in parse_qs(request.content.decode(errors="replace")).get(
            "client_assertion", []
        ):
            self.assertions.add(assertion)
        if name in {"entra", "identity"} and answer.is_success:
            issued = json.loads(answer.read())
            self.tokens.update([issued["access_token"]] if "access_token" in issued else [])


def leaks(spelled: Mapping[str, Iterable[str]], places: Mapping[str, str]) -> set[tuple[str, str]]:
    """Return which secret stands in which place."""
    return {
        (secret, place)
        for place, text in places.items()
        for secret, spellings in spelled.items()
        if any(spelling in text for spelling in spellings)
    }


def readable(text: str) -> str:
    """Return a request to queue storage with its message decoded beside it."""
    return "\n".join([text, *(_decoded(found) for found in MESSAGE_TEXT.findall(text))])


def spelled_text(text: str) -> Iterator[str]:
    """Spell a secret as text, in base64, in hex, and as part of an address."""
    raw = text.encode()
    yield from (text, json.dumps(text)[1:-1], quote(text, safe=""), quote(text))
    yield from _spelled_bytes(raw)


def spelled_token(token: str) -> Iterator[str]:
    """Spell a token: its beginning, what it says, and each piece of its signature."""
    match = TOKEN.fullmatch(token)
    assert match is not None, "not a JWT"
    payload, signature = match.groups()
    yield from (token[:PIECE], payload)
    for start in range(0, len(signature) - PIECE, PIECE):
        yield signature[start : start + PIECE]


def spelled_key(key: RSAPrivateKey) -> Iterator[str]:
    """Spell the numbers that make a key private, and the key as a file."""
    numbers = key.private_numbers()
    for number in (numbers.d, numbers.p, numbers.q):
        yield str(number)
        yield from _spelled_bytes(number.to_bytes((number.bit_length() + 7) // 8))
    for form in (serialization.PrivateFormat.PKCS8, serialization.PrivateFormat.TraditionalOpenSSL):
        plain = serialization.NoEncryption()
        pem = key.private_bytes(serialization.Encoding.PEM, form, plain).decode()
        # The first lines hold the modulus, which is public; the later ones do not.
        yield from pem.splitlines()[-8:-2]


def _sender_secrets(world: World) -> Iterator[tuple[str, str]]:
    """Yield what each MDM proves itself with, and the part of it that nobody could guess."""
    for name, keys in world.sender_keys.items():
        yield f"the secret of {name}", keys.signs
        bare = keys.signs.removeprefix("whsec_").removeprefix("whsk_").rpartition(":")[2]
        yield f"the bare secret of {name}", bare


def _spelled_bytes(raw: bytes) -> Iterator[str]:
    yield from (raw.hex(), raw.hex().upper(), raw.hex(":"))
    yield base64.b64encode(raw).decode().rstrip("=")
    yield base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _decoded(text: str) -> str:
    try:
        return base64.b64decode(text, validate=True).decode(errors="replace")
    except ValueError:
        return ""
