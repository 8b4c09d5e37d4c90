"""One order of each kind about users' certificates, for the tenant that is held in memory."""

from shared.devices.tenant_change import TenantCommand
from tests.contract.tenant_commands_world import an_order
from tests.unit.certificate_changes_world import CRL, DELTA, GROUP, authority, text

OLD = authority("Old").thumbprint
CLASSIC = {"store": "classic", "accept_gap": True}
NEW = {"certificate": text("New"), "is_root": True, "crl_url": CRL}
BINDING = {
    "certificate_field": "PrincipalName",
    "user_property": "certificateUserIds",
    "priority": 1,
}


def order(name: str, number: int = 1) -> TenantCommand:
    """Return one of the orders."""
    fields = dict(FIELDS[name])
    return an_order(str(fields.pop("action")), number, **fields)


def add(name: str, number: int = 1) -> TenantCommand:
    """Return the order to trust an authority in the classic store."""
    fields = {**NEW, **CLASSIC, "certificate": text(name)}
    return an_order("add_trusted_ca", number, **fields)


FIELDS: dict[str, dict[str, object]] = {
    "modern authentication": {"action": "set_modern_authentication", "enabled": True},
    "prompt login": {
        "action": "set_prompt_login",
        "domain": "Contoso.com",
        "behavior": "disabled",
    },
    "a new authority": {"action": "add_trusted_ca", **NEW, "name": "New"},
    "a removed authority": {"action": "remove_trusted_ca", "thumbprint": OLD},
    "other addresses": {
        "action": "set_ca_crl",
        "thumbprint": OLD,
        "crl_url": f"{CRL}?new",
        "delta_crl_url": DELTA,
    },
    "the method": {
        "action": "set_certificate_method",
        "bindings": [BINDING],
        "default_mode": "x509CertificateMultiFactor",
        "include": [{"id": GROUP.id}],
    },
    "a new classic authority": {"action": "add_trusted_ca", **NEW, **CLASSIC},
    "a removed classic authority": {"action": "remove_trusted_ca", "thumbprint": OLD, **CLASSIC},
    "other classic addresses": {
        "action": "set_ca_crl",
        "thumbprint": OLD,
        "crl_url": "",
        **CLASSIC,
    },
}
