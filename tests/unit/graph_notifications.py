"""Change notifications as Microsoft Graph sends them, with and without content."""

import base64
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache

import msgspec
from cryptography.hazmat.primitives import padding
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES256
from cryptography.hazmat.primitives.ciphers.modes import CBC
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey

from shared.credentials.webhook_secret import LiveSecret
from shared.devices.model import Trust
from shared.errors import Failure, Rejected
from shared.mdm import graph
from shared.mdm.call import Call
from shared.mdm.graph_content import Opener
from shared.mdm.schemes.shared_secret import InBody
from shared.mdm.senders import Delivery, Sender, Senders
from shared.mdm.settings import SenderSettings
from tests.unit.builders import CLIENT, NOW, TENANT
from tests.unit.stand_ins import FakeClock

CLIENT_STATE = "a secret that only Graph and we know"
OTHER_TENANT = "99999999-0000-4000-8000-000000000009"
USER = "0d0d0d0d-1111-4222-8333-444444444444"
PUBLISHER = "0bf30f3b-4a52-48df-9a82-234910c4a086"
LOGIN = "https://login.example"
ISSUER = f"https://sts.windows.net/{TENANT}/"
CERTIFICATE = "easgate-content/0123456789abcdef0123456789abcdef"
DATA_KEY = bytes(range(32))


def an_item(**changes: object) -> dict[str, object]:
    """Return the notification that a user was changed; None takes a field away."""
    item: dict[str, object] = {
        "changeType": "updated",
        "clientState": CLIENT_STATE,
        "resource": f"Users/{USER}",
        "resourceData": {
            "@odata.type": "#Microsoft.Graph.User",
            "@odata.id": f"Users/{USER}",
            "id": USER,
        },
        "subscriptionExpirationDateTime": "2026-06-01T10:00:00.0000000Z",
        "subscriptionId": "7f105c7d-2dc5-4530-97cd-4e7ae6534c07",
        "tenantId": TENANT,
    }
    return {name: value for name, value in (item | changes).items() if value is not None}


def a_lifecycle_item(event: str) -> dict[str, object]:
    """Return the notification of something that happened to the subscription."""
    return an_item(lifecycleEvent=event, changeType=None, resource=None, resourceData=None)


def a_call(*items: object, tokens: object = None) -> Call:
    """Return the call that brings these items."""
    body = {"value": list(items)} | ({} if tokens is None else {"validationTokens": tokens})
    return a_raw_call(json.dumps(body).encode())


def a_raw_call(body: bytes) -> Call:
    """Return a call with this body."""
    return Call(method="POST", headers={"content-type": "application/json"}, query={}, body=body)


class OneSecret:
    """The vault's only secret."""

    def live(self, name: str, at_most: timedelta = timedelta()) -> tuple[LiveSecret, ...]:
        """Return it."""
        assert (name, at_most >= timedelta()) == ("graph-secret", True)
        return (LiveSecret(name=name, version="one", value=CLIENT_STATE),)

    def expires_at(self, name: str) -> None:
        """Say that it carries no date."""
        assert name == "graph-secret"


def read(call: Call, opened: graph.Open | None = None) -> Delivery:
    """Return what our sender of this tenant makes of a call."""
    settings = msgspec.convert(
        {"vendor": "graph", "tenant_id": TENANT, "secret_name": "graph-secret"}, SenderSettings
    )
    vendor = graph.vendor_for(settings, opened)
    sender = Sender(
        name="entra",
        tenant_id=TENANT,
        secret_name="graph-secret",
        trust=Trust.TIGHTEN,
        vendor=vendor,
        scheme=InBody(vendor.body_secret),
    )
    return Senders(senders={"entra": sender}, secrets=OneSecret(), clock=FakeClock()).read(
        "entra", call
    )


@cache
def a_signing_key(kid: str = "one") -> RSAKey:
    """Return a key of the tenant's issuer."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return RSAKey.import_key(key, {"kid": kid, "use": "sig"})


def a_token(
    key: RSAKey | OctKey | None = None, header: Mapping[str, object] | None = None, **claims: object
) -> str:
    """Return a validation token that proves Graph, unless a test spoils it."""
    now = int(NOW.timestamp())
    good = {
        "aud": CLIENT,
        "iss": ISSUER,
        "nbf": now - 60,
        "exp": now + 3600,
        "appid": PUBLISHER,
        "tid": TENANT,
    }
    fields = {"alg": "RS256", "kid": "one"} | dict(header or {})
    kept = {name: value for name, value in (good | claims).items() if value is not None}
    return jwt.encode(fields, kept, key or a_signing_key(), algorithms=[str(fields["alg"])])


def encrypted(said: object, /, *, key: bytes = DATA_KEY, **changes: object) -> dict[str, object]:
    """Return content as Graph encrypts it; the vault's stand-in opens `wrapped(key)`."""
    padder = padding.PKCS7(128).padder()
    text = said if isinstance(said, bytes) else json.dumps(said).encode()
    return sealed(padder.update(text) + padder.finalize(), key=key, **changes)


def sealed(padded: bytes, /, *, key: bytes = DATA_KEY, **changes: object) -> dict[str, object]:
    """Return content whose last block a test has filled itself."""
    encryptor = Cipher(AES256(key), CBC(key[:16])).encryptor()
    data = encryptor.update(padded) + encryptor.finalize()
    return signed(data, key=key, **changes)


def signed(data: bytes, /, *, key: bytes = DATA_KEY, **changes: object) -> dict[str, object]:
    """Return content that the key vouches for, whatever it is."""
    return {
        "data": base64.b64encode(data).decode(),
        "dataSignature": base64.b64encode(hmac.digest(key, data, "sha256")).decode(),
        "dataKey": base64.b64encode(wrapped(key)).decode(),
        "encryptionCertificateId": CERTIFICATE,
        "encryptionCertificateThumbprint": "07293748CC064953A3052FB978C735FB89E61C3D",
        **changes,
    }


def wrapped(key: bytes) -> bytes:
    """Return what stands for a data key that was encrypted with RSA."""
    return key.ljust(256, b"\0")


@dataclass
class FakeVault:
    """Opens what `wrapped` has wrapped, and counts."""

    asked: list[tuple[str, bytes]] = field(default_factory=list)
    down: Failure | None = None

    def open_key(self, certificate_id: str, given: bytes) -> bytes:
        """Return the data key."""
        self.asked.append((certificate_id, given))
        if self.down:
            raise self.down
        if certificate_id != CERTIFICATE:
            raise Rejected("no such certificate")
        return given.rstrip(b"\0")


def opener(vault: FakeVault | None = None, down: Failure | None = None) -> Opener:
    """Return what opens content, for an issuer with one key."""

    def signing_key(key_id: str) -> Mapping[str, str] | None:
        if down:
            raise down
        shown = a_signing_key().as_dict(private=False)
        key = {name: str(shown[name]) for name in ("kid", "kty", "n", "e")}
        return key if key_id == "one" else None

    return Opener(
        tenant_id=TENANT,
        client_ids=(CLIENT,),
        authority_host=LOGIN,
        signing_key=signing_key,
        open_key=(vault or FakeVault()).open_key,
        clock=FakeClock(),
    )
