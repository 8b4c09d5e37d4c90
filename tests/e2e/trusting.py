"""A tenant whose users sign in with certificates: its authority, its users, their phones."""

from infra.local import contoso
from infra.local.simulators.certificate_authority import Authority, Issued
from infra.local.simulators.exchange import Device
from infra.local.world import World

BINDING = {
    "x509CertificateField": "PrincipalName",
    "userProperty": "userPrincipalName",
    "priority": 1,
}


def trusted(world: World, name: str) -> Authority:
    """Let the tenant trust a new authority, and its users sign in with what that has signed."""
    authority = world.authorities.root(name)
    pki = world.graph.trust.pki(contoso.TENANT_ID)
    world.graph.trust.add(pki, authority.der, crl_url=authority.crl_url)
    world.graph.methods.put(contoso.TENANT_ID, state="enabled", certificateUserBindings=[BINDING])
    return authority


def certified(world: World, authority: Authority, name: str) -> tuple[Device, Issued]:
    """Return a phone of somebody with a mailbox, an account and a certificate."""
    address = f"{name}@contoso.com"
    mailbox = world.tenant.add_mailbox(address)
    world.graph.users.add(contoso.TENANT_ID, address, object_id=mailbox.name)
    phone = world.tenant.add_device(mailbox, device_id=f"{name.upper()}PHONE")
    return phone, authority.user_certificate(upn=address, email=address)
