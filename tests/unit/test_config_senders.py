"""MDM_SENDERS: what is wrong with a sender is said at once, and what is not can be served."""

import json
from collections.abc import Mapping
from uuid import UUID

import pytest

from infra.local import senders as local
from shared import config
from shared.devices.model import Posture, Trust
from shared.errors import Misconfigured
from shared.mdm import configured
from shared.mdm.schemes.hmac_signature import HmacSignature
from shared.mdm.schemes.names import WEAK
from shared.mdm.settings import SenderSettings
from shared.mdm.vendors import KNOWN
from tests.unit.builders import CLIENT, TENANT
from tests.unit.test_config import A_SENDER, GOOD

FIELDS = {"kind": ["event.type"], "serial": ["device.serial"]}
SIGNATURE = {"header": "X-Signature"}
GENERIC = {"vendor": "generic", "fields": FIELDS, "signature": SIGNATURE}
JAMF = {"vendor": "jamf", "scheme": "header", "header": "X-EASGate-Secret"}


def read(sender: Mapping[str, object], name: str = "portal") -> SenderSettings:
    """Return the settings of one sender, read with all the others."""
    written = json.dumps({name: {**A_SENDER, "scheme": "", **sender}})
    found = {**GOOD, "MDM_SENDERS": written, "PUBLIC_URL": "https://gate.contoso.com"}
    return config.read(found).senders[name]


def test_public_address_is_needed_where_microsoft_graph_is_to_call() -> None:
    """The platform tells its own name; who has another says so."""
    graph = json.dumps({"entra": {**A_SENDER, "vendor": "graph", "scheme": ""}})
    settings = {**GOOD, "MDM_SENDERS": graph}
    with pytest.raises(Misconfigured, match="PUBLIC_URL is missing"):
        config.read(settings)
    named = config.read({**settings, "WEBSITE_HOSTNAME": "gate.azurewebsites.net"})
    assert named.public_url == "https://gate.azurewebsites.net"
    both = {**settings, "WEBSITE_HOSTNAME": "x", "PUBLIC_URL": "https://gate.contoso.com/"}
    assert config.read(both).public_url == "https://gate.contoso.com"


WRONG: list[tuple[Mapping[str, object], str]] = [
    ({"vendor": "other"}, "vendor other is none of apple_business, cloudevents"),
    ({"scheme": "none"}, "scheme none is none of standard-webhooks"),
    ({"vendor": "kolide", "scheme": "url"}, "scheme url is none of hmac"),
    ({"secret_name": ""}, "secret_name"),
    ({"trust": "blind"}, "trust"),
    ({"tenant_id": "contoso"}, "tenant_id"),
    ({"tenant_id": CLIENT}, "names a tenant that is not in TENANTS"),
    ({"secret": "typing mistake"}, "secret"),
    ({"events": {"device.lost": "missing"}}, "events"),
    ({"vendor": "fleet"}, "scheme url proves too little for trust full"),
    ({"vendor": "jamf", "scheme": "url"}, "scheme url proves too little for trust full"),
    ({**JAMF, "header": None}, "scheme header needs the name of the header"),
    ({**JAMF, "header": "X Secret"}, "header"),
    ({**GENERIC, "signature": None}, "scheme hmac needs signature"),
    ({**GENERIC, "fields": None}, "vendor generic needs fields"),
    ({**GENERIC, "fields": {}}, "fields"),
    ({**GENERIC, "fields": {"kind": ["a..b"]}}, "is not a path such as"),
    ({**GENERIC, "signature": {**SIGNATURE, "signed": "{timestamp}"}}, "has no {body}"),
    ({**GENERIC, "signature": {**SIGNATURE, "algorithm": "md5"}}, "algorithm"),
    ({**GENERIC, "signature": {**SIGNATURE, "id_header": "X-Id"}}, "signature.id_header is set"),
    ({**JAMF, "fields": FIELDS}, "fields are not heeded of vendor jamf"),
    (
        {"vendor": "cloudevents", "fields": {**FIELDS, "events": "items"}},
        "fields.events has no place in CloudEvents",
    ),
    ({"vendor": "maas360"}, "billing id as account"),
]


@pytest.mark.parametrize(("sender", "says"), WRONG, ids=lambda each: str(each)[:60])
def test_sender_that_cannot_be_served_is_complained_about(
    sender: Mapping[str, object], says: str
) -> None:
    """Before its first webhook, by name, and nothing else beside it."""
    with pytest.raises(Misconfigured) as raised:
        read(sender)
    told = str(raised.value).removeprefix("app settings need attention: ")
    assert told.startswith("MDM_SENDERS: ")
    assert says in told
    assert not any(name in told for name in GOOD if name not in {"MDM_SENDERS", "TENANTS"})


def test_everything_that_is_wrong_with_a_sender_is_said_at_once() -> None:
    """An administrator goes to the portal once."""
    with pytest.raises(Misconfigured) as raised:
        read({"vendor": "generic", "tenant_id": CLIENT})
    for says in ("needs signature", "needs fields", "not in TENANTS"):
        assert says in str(raised.value)


LOCAL = local.settings(maas360="https://127.0.0.1")
RIGHT: list[Mapping[str, object]] = [
    {},
    GENERIC,
    JAMF,
    {"vendor": "jamf", "scheme": "url", "trust": "tighten"},
    {"vendor": "fleet", "trust": "tighten"},
    {"vendor": "meraki"},
    {"vendor": "soti", "fields": FIELDS, "signature": SIGNATURE},
    {"vendor": "cloudevents", "fields": FIELDS},
    {"events": {"device.lost": "ignored", "device.polished": "retired"}},
    *(each for name, each in LOCAL.items() if name != "maas360"),
]


@pytest.mark.parametrize("sender", RIGHT, ids=lambda each: str(each)[:60])
def test_sender_without_complaint_can_be_served(sender: Mapping[str, object]) -> None:
    """Or an error would be left for its first webhook to find."""
    settings = read({**sender, "tenant_id": TENANT})
    served = configured.sender("portal", settings)
    assert (served.vendor.name, served.tenant_id) == (settings.vendor, TENANT)
    assert (served.trust, served.secret_name) == (settings.trust, settings.secret_name)


@pytest.mark.parametrize("name", KNOWN)
def test_vendors_every_scheme_can_be_chosen(name: str) -> None:
    """With no more than the scheme itself needs."""
    for scheme in KNOWN[name].schemes:
        settings = SenderSettings(
            vendor=name,
            tenant_id=UUID(TENANT),
            secret_name="s",
            trust=Trust.TIGHTEN if scheme in WEAK else Trust.FULL,
            scheme=scheme,
            **_needed(name, scheme),  # type: ignore[arg-type]  # checked by the complaints
        )
        assert configured.complaints(settings) == []
        assert configured.sender("portal", settings).vendor.name == name


def _needed(vendor: str, scheme: str) -> dict[str, object]:
    """Return the settings that a sender cannot do without."""
    generic = read(GENERIC)
    needs: dict[str, object] = {"fields": generic.fields} if vendor == "generic" else {}
    if scheme == "header":
        needs["header"] = "X-Secret"
    if scheme == "hmac" and KNOWN[vendor].signature is None:
        needs["signature"] = generic.signature
    return needs


def test_senders_own_signature_goes_before_its_vendors() -> None:
    """What a gateway in front of it signs is the administrator's to say."""
    settings = read({"vendor": "soti", "signature": SIGNATURE})
    assert configured.sender("portal", settings).scheme == HmacSignature(settings.signature)  # type: ignore[arg-type]  # it is set


def test_meanings_are_postures_or_nothing_to_us() -> None:
    """As they are written."""
    settings = read({"events": {"a": "lost", "b": "ignored"}})
    assert configured.sender("portal", settings).events == {"a": Posture.LOST, "b": None}


@pytest.mark.parametrize("name", ["", "x" * 65, "a/b", "a#b", "a?b", "a\\b", "a\n"])
def test_sender_whose_name_cannot_be_stored_is_complained_about(name: str) -> None:
    """Its webhooks would be answered with 202 and then given up, or with 500."""
    with pytest.raises(Misconfigured, match="MDM_SENDERS"):
        read({}, name)
