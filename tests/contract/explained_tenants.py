"""Tenants there could be, each with one device; the same seed, the same tenant."""

from dataclasses import dataclass
from random import Random

from infra.local.simulators.exchange.access import Access, AccessState, Reason
from infra.local.simulators.exchange.devices import Device, DeviceDetails
from shared.devices.access import ConditionalAccess
from shared.devices.explanation import Explanation, explain
from shared.exchange.access_facts import AccessFacts
from shared.exchange.rules import AccessRules
from shared.exchange.transport import Transport
from tests.contract.exchange_world import BASE, TENANT_ID, World, a_token

REACH = "how far Conditional Access reaches"
LATE = "a state kept until the next contact"
MAILBOX = "adele@contoso.com"
LEVELS = ("Allow", "Block", "Quarantine")
IPHONE = DeviceDetails(device_id="IPHONE")
ANDROID = DeviceDetails(
    device_id="ANDROID",
    device_type="SAMSUNGSMG991B",
    model="SM-G991B",
    os="Android 15",
    user_agent="Android-SAMSUNG-SM-G991B/101.15",
    client_version="14.1",
)
OUTLOOK = DeviceDetails(
    device_id="OUTLOOK",
    device_type="Outlook",
    model="Outlook for iOS and Android",
    os="iOS 18.6",
    user_agent="Outlook-iOS/2.0",
    client_type="Outlook",
)
HEADER = "made-up-client"
QUERIES = {
    "DeviceType": ("iPhone", "SAMSUNGSMG991B", "Outlook", "iphone", "iPhone*"),
    "DeviceModel": ("iPhone15C2", "SM-G991B", "Outlook for iOS and Android", "SM-*"),
    "DeviceOS": ("iOS 18.6 22G86", "Android 15", "iOS 18.6", "iOS"),
    "UserAgent": ("Apple-iPhone15C2/2207.86", "Outlook-iOS/2.0", "Outlook-Android/2.0"),
}


class Bearer:
    """Hands out one token that Exchange takes."""

    def __init__(self, token: str) -> None:
        self.token = token

    def text(self) -> str:
        """Return the token."""
        return self.token

    def renewed(self, refused: str) -> str:
        """Return the same: it is not refused here."""
        return refused


@dataclass(frozen=True)
class Scene:
    """A tenant in the simulator with one device, seen through our adapters."""

    world: World
    device: Device
    known: ConditionalAccess
    unknowns: frozenset[str]  # what is at work here that is documented nowhere

    @property
    def transport(self) -> Transport:
        """Return what speaks to this tenant."""
        bearer = Bearer(a_token(self.world.clock()))
        return Transport(self.world.client, base_url=BASE, tenant_id=TENANT_ID, bearer=bearer)

    def explained(self) -> Explanation:
        """Return our explanation of the device's access, from what Exchange shows now."""
        transport = self.transport
        case = AccessFacts(transport).case(
            str(self.device.guid),
            policy=AccessRules(transport).policy(),
            conditional_access=self.known,
            now=self.world.clock(),
        )
        return explain(case)


def scene(seed: int) -> Scene:
    """Return one of the tenants there could be; the same seed, the same tenant."""
    random = Random(seed)  # noqa: S311 - the same tenants each time
    world = World()
    _configure(world, random)
    device = world.tenant.add_device(world.mailbox, **_details(random))
    _exempt(world, random, device)
    if random.random() < 0.07:
        states = [AccessState.ALLOWED, AccessState.BLOCKED, AccessState.QUARANTINED]
        reasons = [Reason.EXTERNALLY_MANAGED, Reason.EXTERNAL_COMPLIANCE]
        device.external_access = Access(random.choice(states), random.choice(reasons))
    world.clock.advance(minutes=random.choice([1, 9, 20, 50]))
    world.tenant.contact(device)
    unknowns = _age(world, random, device)
    known = ConditionalAccess.ABSENT
    if world.mailbox.conditional_access:
        known = ConditionalAccess.APPLIES
        world.tenant.organization.conditional_access_skips_default = random.random() < 0.3
    if random.random() < 0.1:
        known = ConditionalAccess.UNKNOWN
    if device.device_type == "Outlook" and (
        world.tenant.organization.conditional_access_skips_default
        or (known is ConditionalAccess.UNKNOWN and world.mailbox.conditional_access)
    ):
        unknowns.add(REACH)
    return Scene(world, device, known, frozenset(unknowns))


def _configure(world: World, random: Random) -> None:
    world.tenant.set_default_access_level(random.choice(LEVELS))
    for _ in range(random.choice([0, 0, 1, 2, 3, 5])):
        characteristic = random.choice(sorted(QUERIES))
        query = random.choice(QUERIES[characteristic])
        world.tenant.add_rule(characteristic, query, random.choice(LEVELS))
    if random.random() < 0.1:
        world.tenant.add_rule("XMSWLHeader", HEADER, random.choice(LEVELS))
    world.mailbox.conditional_access = random.random() < 0.3
    switches = ("ActiveSyncEnabled", "OutlookMobileEnabled")
    change = {name: False for name in switches if random.random() < 0.08}
    world.done("Set-CASMailbox", Identity=MAILBOX, **change)
    admits = random.random() < 0.5
    world.done(
        "Set-MobileDeviceMailboxPolicy", Identity="Default", AllowNonProvisionableDevices=admits
    )


def _details(random: Random) -> DeviceDetails:
    details = DeviceDetails(**random.choice([IPHONE, IPHONE, ANDROID, OUTLOOK, OUTLOOK]))
    details["policy_status"] = random.choices(
        ["AppliedInFull", "ExternallyManaged", "PartiallyApplied", "NotApplied", "Unknown"],
        [78, 4, 8, 7, 3],
    )[0]
    details["xmswl_header"] = HEADER if random.random() < 0.3 else ""
    if random.random() < 0.1:
        details["information_arrived"] = False
        details["model"] = details["os"] = ""
    return details


def _exempt(world: World, random: Random, device: Device) -> None:
    listed = random.choices(["", "allowed", "blocked", "both"], [70, 13, 13, 4])[0]
    if listed in {"allowed", "both"}:
        world.mailbox.allowed_ids = [device.device_id.lower(), "ANOTHER"]
    if listed in {"blocked", "both"}:
        world.mailbox.blocked_ids = [device.device_id]


def _age(world: World, random: Random, device: Device) -> set[str]:
    """Change something after the last contact; return what Exchange may then show late."""
    what = random.choices(["nothing", "default", "default, late", "policy"], [70, 20, 5, 5])[0]
    if what == "policy" and device.access.reason is Reason.POLICY:
        device.policy_status = "AppliedInFull"
        return {LATE}
    if what.startswith("default"):
        world.tenant.set_default_access_level(random.choice(LEVELS))
    if what == "default, late":
        world.tenant.organization.recompute_on_read = False
        return {LATE}
    return set()
