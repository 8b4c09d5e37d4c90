"""How the demo knows that something came true."""

import base64
from collections.abc import Mapping
from typing import Any

import httpx
from cryptography.hazmat.primitives.serialization.pkcs12 import load_key_and_certificates

from infra.local import contoso
from infra.local.world import World
from shared.audit import verify

VAULT = "https://vault.azure.net"


def matches(event: Mapping[str, Any], kind: str, data: Mapping[str, object]) -> bool:
    """Whether an event is of this kind and says this."""
    return bool(event["type"] == kind and data.items() <= event["data"].items())


def refused(answer: httpx.Response) -> bool:
    """Whether a caller was turned away and learnt nothing."""
    return answer.status_code == httpx.codes.UNAUTHORIZED and "detail" not in answer.json()


def passed(check: Mapping[str, Any]) -> bool:
    """Whether one check of a validation went well."""
    return bool(check["grade"] == "pass")


def is_audited(world: World, client: httpx.Client) -> bool:
    """Whether the audit has records, and is one whole chain."""
    key = {"x-functions-key": world.function_key}
    told = client.get(f"{world.url}/api/audit", headers=key).raise_for_status()
    chain = verify.verify(verify.read("audit", told.content), is_partial=False)
    return bool(chain.records) and not chain.findings


def key_stays(world: World) -> bool:
    """Ask the vault, as the app may, for everything that could hold the private key."""
    key, secret = _in_vault(world, "keys"), _in_vault(world, "secrets")
    private, *_ = load_key_and_certificates(base64.b64decode(secret["value"]), None)
    return (
        private is None
        and key["attributes"]["exportable"] is False
        and key["key"].keys() == {"kid", "kty", "key_ops", "n", "e"}
    )


def _in_vault(world: World, kind: str) -> dict[str, Any]:
    token, _ = world.entra.managed_identity_token(VAULT, contoso.APP_IDENTITY)
    question = httpx.Request(
        "GET",
        f"{world.addresses['vault']}/{kind}/{contoso.CERTIFICATE}/",
        params={"api-version": "7.5"},
        headers={"Authorization": f"Bearer {token}"},
    )
    answered: dict[str, Any] = world.vault(question).json()
    return answered
