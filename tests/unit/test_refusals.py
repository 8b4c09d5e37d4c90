"""Every code of Entra ID's that we know: what kind of failure, which remedy, which way out."""

from hashlib import sha256

import httpx
import pytest

from shared.errors import Failure, Retryable
from shared.identity.refusals import Refused
from tests.unit.builders import TENANT
from tests.unit.certificates import a_certificate, a_successor, an_app
from tests.unit.entra import Identity, KeyVault, a_der, refusal

OLD = a_certificate(der=a_der(1))
NEW = a_successor(der=a_der(2))

REGISTER = "register the public part of this very certificate version"
SECRET = "a client secret"
FEDERATED = "federated credential"

# The code, a part of its remedy, and whether another version of the certificate is tried.
REFUSED: list[tuple[int, str, bool]] = [
    (700027, "wait a few minutes", True),
    (7000274, REGISTER, True),
    (50012, REGISTER, True),
    (1000502, "renew the certificate", True),
    (7000214, "was revoked", True),
    (7000277, "was revoked", True),
    (50006, REGISTER, False),
    (700030, "trusted subject", False),
    (90002, "check tenant_id and CLOUD", False),
    (90038, "set CLOUD", False),
    (900382, "set CLOUD", False),
    (900432, "set CLOUD", False),
    (700016, "check client_id", False),
    (7000112, "enable the enterprise application", False),
    (70001, "enable the enterprise application", False),
    (700024, "check the clock", False),
    (500133, "check the clock", False),
    (50027, "report it", False),
    (700025, "public client flows", False),
    (7000218, "report it", False),
    (7000215, SECRET, False),
    (7000222, SECRET, False),
    (500011, "has Exchange Online", False),
    (50001, "has Exchange Online", False),
    (650052, "has Exchange Online", False),
    (650057, "has Exchange Online", False),
    (1002012, "report it", False),
    (70011, "report it", False),
    (65001, "admin consent", False),
    (650056, "admin consent", False),
    (53003, "Conditional Access", False),
    (530032, "Conditional Access", False),
    (700211, FEDERATED, False),
    (700212, FEDERATED, False),
    (700213, FEDERATED, False),
    (7002138, FEDERATED, False),
    (999999, "Microsoft's page", False),
]
BUSY = [90006, 90012, 90024, 90033, 50000]


def refused(answer: httpx.Response) -> tuple[Failure | None, Identity]:
    """Return what becomes of a tenant whose pinned version is answered like this."""
    identity = Identity(vault=KeyVault((OLD, NEW)))
    identity.pins.pin(TENANT, "v1")
    identity.entra.unless[sha256(OLD.der).digest()] = answer
    try:
        identity.tokens.token(an_app())
    except Failure as failure:
        return failure, identity
    return None, identity


@pytest.mark.parametrize(("code", "remedy", "falls_back"), REFUSED)
def test_code_has_its_remedy_and_its_way_out(code: int, remedy: str, *, falls_back: bool) -> None:
    """The six that speak of the certificate cost nothing while another version works."""
    failure, identity = refused(refusal(code))
    if falls_back:
        assert failure is None
        ((old, new, told),) = identity.switches
        assert (old, new) == ("v1", "v2")
    else:
        assert isinstance(failure, Refused)
        assert identity.switches == []
        told = str(failure)
    assert f"AADSTS{code}" in told
    assert remedy in told


@pytest.mark.parametrize("code", BUSY)
def test_passing_trouble_is_waited_out(code: int) -> None:
    """It says nothing of the certificate."""
    failure, identity = refused(refusal(code))
    assert isinstance(failure, Retryable)
    assert len(identity.entra.posts) == 1


@pytest.mark.parametrize("code", [code for code, _, falls_back in REFUSED if falls_back])
@pytest.mark.parametrize("error", ["unauthorized_client", "invalid_request", "invalid_grant", ""])
def test_code_counts_only_beside_the_error_of_a_credential(code: int, error: str) -> None:
    """Codes may come to mean something else; the error is what the protocol defines."""
    body = {"error": error or "unknown", "error_codes": [code]}
    failure, identity = refused(httpx.Response(400, json=body))
    assert isinstance(failure, Refused)
    assert len(identity.entra.posts) == 1
