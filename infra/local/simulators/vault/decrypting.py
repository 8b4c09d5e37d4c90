"""What a key opens: one block, sealed with its public half."""

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from infra.local.simulators.vault.refusals import bad_parameter

_HASHES: dict[str, hashes.HashAlgorithm] = {
    # The service's default parameters: SHA-1, for the mask too. No weakness of it helps here.
    "RSA-OAEP": hashes.SHA1(),  # noqa: S303 -- as the service has it
    "RSA-OAEP-256": hashes.SHA256(),
}


def opened(key: rsa.RSAPrivateKey, algorithm: str, sealed: bytes) -> bytes:
    """
    Return what was sealed; raise `RefusedError` where this key does not open it.

    The words for a block that cannot be opened are not documented.
    """
    hashed = _HASHES.get(algorithm)
    if hashed is None:
        raise bad_parameter(f"Property alg: key of type RSA cannot do '{algorithm}'.")
    try:
        return key.decrypt(sealed, padding.OAEP(padding.MGF1(hashed), hashed, None))
    except ValueError as error:
        raise bad_parameter("The parameter is incorrect.") from error
