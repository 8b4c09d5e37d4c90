"""What orders about users' certificates look like, in openapi.json: one example of each."""

from typing import Any

CERTIFICATE = (  # of an authority that has issued itself
    "MIIBfDCCASKgAwIBAgIUAl8PF0YZPCYjY/SQ4XJyLCOuAX0wCgYIKoZIzj0EAwIwHDEaMBgGA1UEAwwRQ29udG9z"
    "byBEZXZpY2UgQ0EwHhcNMjYwMTAxMDAwMDAwWhcNNDYwMTAxMDAwMDAwWjAcMRowGAYDVQQDDBFDb250b3NvIERl"
    "dmljZSBDQTBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABAuow1g1jrbVs4zljLYmPFRDwM+gSfh/q4Mf1zsloT8k"
    "297nzTVd/ocAjMOtR1kHkMaXxptMK8w2gHsSy8p9REqjQjBAMA8GA1UdEwEB/wQFMAMBAf8wDgYDVR0PAQH/BAQD"
    "AgEGMB0GA1UdDgQWBBSa9PuAxvUC55iF1vdgWyE4s9AWVDAKBggqhkjOPQQDAgNIADBFAiBO+Pu/GLTVYTv7XvXm"
    "yK7ZTtMqJ+WCF4iAmlbGuVCvAQIhANqDF+UQfuStnBmKLmjt3pnYRlU7dk5p/k9p7765kSoR"
)
THUMBPRINT = "8d88c114a8a3edbff3238aba6c790c57e25532619c00bceeae9a2cba446f1612"
CRL = "http://crl.contoso.com/device-ca.crl"


def orders(envelope: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Return the examples by the names of their schemas."""
    return {name: {**envelope, **fields} for name, fields in _FIELDS.items()}


_FIELDS: dict[str, dict[str, Any]] = {
    "SetModernAuthenticationCommand": {
        "action": "set_modern_authentication",
        "enabled": True,
        "reason": "clients are to sign in with certificates",
    },
    "SetPromptLoginCommand": {
        "action": "set_prompt_login",
        "domain": "contoso.com",
        "behavior": "disabled",
        "reason": "no password prompt where a certificate is wanted",
    },
    "AddTrustedCaCommand": {
        "action": "add_trusted_ca",
        "certificate": CERTIFICATE,
        "is_root": True,
        "name": "Contoso Device CA",
        "crl_url": CRL,
        "reason": "it issues the phones' certificates",
    },
    "RemoveTrustedCaCommand": {
        "action": "remove_trusted_ca",
        "thumbprint": THUMBPRINT,
        "store": "classic",
        "accept_gap": True,
        "reason": "it is in the PKI store by now",
    },
    "SetCaCrlCommand": {
        "action": "set_ca_crl",
        "thumbprint": THUMBPRINT,
        "crl_url": CRL,
        "delta_crl_url": "http://crl.contoso.com/device-ca-delta.crl",
        "reason": "the list has moved",
    },
    "SetCertificateMethodCommand": {
        "action": "set_certificate_method",
        "enabled": True,
        "bindings": [
            {
                "certificate_field": "PrincipalName",
                "user_property": "userPrincipalName",
                "priority": 1,
            }
        ],
        "include": [{"id": "all_users"}],
        "reason": "every phone has its certificate",
    },
}
