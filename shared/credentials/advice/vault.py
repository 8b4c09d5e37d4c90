"""Findings about the vault, the certificate in it, and its key."""

from collections.abc import Mapping

from shared.credentials.findings import Advice, Finding, Grade

ADVICE: Mapping[Finding, Advice] = {
    Finding.PIN_UNREADABLE: Advice(
        Grade.UNKNOWN,
        "the records do not say which version the app signs with, so the current one is tried",
        "see why table storage does not answer (AzureWebJobsStorage and its role assignments)",
    ),
    Finding.VAULT_UNREACHABLE: Advice(
        Grade.UNKNOWN,
        "the vault, or the identity that is to enter it, does not answer now",
        "check KEY_VAULT_URL, name resolution and the network, and validate again",
    ),
    Finding.VAULT_DENIED: Advice(
        Grade.FAIL,
        "the vault does not let this identity read the certificate",
        "give the identity the role Key Vault Reader on the vault, check the vault's firewall, and "
        "allow some minutes for it",
    ),
    Finding.VAULT_REFUSES: Advice(
        Grade.FAIL,
        "the vault answers with an error of its own",
        "look the error up in Key Vault's list of errors, and check KEY_VAULT_URL",
    ),
    Finding.CERTIFICATE_MISSING: Advice(
        Grade.FAIL,
        "the vault holds no such certificate, or not this version of it",
        "create the certificate or recover the deleted one, or correct certificate_name in TENANTS",
    ),
    Finding.CERTIFICATE_PENDING: Advice(
        Grade.FAIL,
        "the certificate has not been issued yet",
        "complete or cancel the pending operation of the certificate in the vault",
    ),
    Finding.CERTIFICATE_DISABLED: Advice(
        Grade.FAIL,
        "this version of the certificate is disabled",
        "enable it in the vault",
    ),
    Finding.CERTIFICATE_EXPIRED: Advice(
        Grade.FAIL,
        "the certificate has expired",
        "renew it and register it on the application",
    ),
    Finding.CERTIFICATE_NOT_YET_VALID: Advice(
        Grade.FAIL,
        "the certificate is not valid yet",
        "wait until it is, or check the clock of the machine that issued it",
    ),
    Finding.KEY_UNREADABLE: Advice(
        Grade.UNKNOWN,
        "the vault does not show what kind of key the certificate has",
        "let the identity read keys (Key Vault Reader), and validate again",
    ),
    Finding.KEY_NOT_RSA: Advice(
        Grade.FAIL,
        "the key is no RSA key, and Entra ID takes assertions signed with RSA only",
        "create a version whose policy has the key type RSA, and register it",
    ),
    Finding.KEY_TOO_SMALL: Advice(
        Grade.FAIL,
        "the key is shorter than 2048 bits",
        "create a version whose policy has a key size of 2048 or more, and register it",
    ),
    Finding.KEY_MAY_NOT_SIGN: Advice(
        Grade.FAIL,
        "the key may be used, but not to sign",
        "create a version whose policy has the key usage digitalSignature, and register it",
    ),
    Finding.KEY_EXPORTABLE: Advice(
        Grade.FAIL,
        "the private key can be taken out of the vault, by whoever may read its secret",
        "create a version whose policy has exportable off, register it, and remove this one",
    ),
    Finding.KEY_EXPORTABILITY_UNKNOWN: Advice(
        Grade.UNKNOWN,
        "the vault does not say whether the private key can be taken out of it",
        "look at the certificate's policy, and set exportable to off",
    ),
    Finding.SIGNING_DENIED: Advice(
        Grade.FAIL,
        "the vault does not let this identity sign with the key",
        "give the identity the role Key Vault Crypto User on the vault, and allow some minutes "
        "for it",
    ),
    Finding.KEY_MISMATCH: Advice(
        Grade.FAIL,
        "what the vault's key signs does not fit the certificate's public key",
        "create a new version of the certificate, and register it",
    ),
}
