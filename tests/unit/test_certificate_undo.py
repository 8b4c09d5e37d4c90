"""Which change takes a change of users' certificates back, from how things stood before."""

import msgspec
import pytest

from shared.devices import certificate_images as images
from shared.devices import undo_change
from shared.devices.certificate_change import SetCertificateMethod, StoreChange
from shared.devices.reached import is_reached
from shared.devices.tenant_change import Altered, Image, TenantChange
from shared.errors import Conflict
from shared.trust.authority import Store
from shared.trust.federation import Federation, PromptLogin
from tests.contract.tenant_commands_world import an_order
from tests.unit.certificate_changes_world import CRL, DELTA, METHOD, authority, text
from tests.unit.certificate_orders import CLASSIC, OLD, order

PKI = images.of_authority(authority("Old"))
ADDED = images.of_authority(authority("New"))
STORE = images.of_store([authority("Old", Store.CLASSIC), authority("Other", Store.CLASSIC)])
BIGGER = images.of_store([authority(name, Store.CLASSIC) for name in ("New", "Old", "Other")])
SMALLER = images.of_store([authority("Other", Store.CLASSIC)])
OLD_AGAIN = {"certificate": text("Old"), "is_root": True, "crl_url": CRL}


def a_change(action: str, **fields: object) -> TenantChange:
    """Return what an order asks for."""
    return an_order(action, 1, **fields).change


def of_method(change: TenantChange) -> Image:
    """Return the method's image after a change of it."""
    assert isinstance(change, SetCertificateMethod)
    return images.of_method(images.merged(METHOD, change))


def of_store(change: TenantChange) -> Image:
    """Return the classic store's image after a change of it."""
    assert isinstance(change, StoreChange)
    return images.of_store(images.changed(change, images.store(STORE)))


def prompted(prompt: PromptLogin | None, unknown: str = "") -> Image:
    """Return a domain's image."""
    return images.of_federation(
        Federation(configuration_id="f", prompt_login=prompt, unknown_prompt_login=unknown)
    )


def said(name: str) -> TenantChange:
    """Return the change of one of the orders."""
    return order(name).change


Case = tuple[TenantChange, Image | None, Image | None, TenantChange]
UNDONE: dict[str, Case] = {
    "modern authentication": (
        said("modern authentication"),
        {"enabled": False},
        {"enabled": True},
        a_change("set_modern_authentication", enabled=False),
    ),
    "prompt login": (
        said("prompt login"),
        prompted(PromptLogin.NATIVE),
        prompted(PromptLogin.DISABLED),
        a_change("set_prompt_login", domain="Contoso.com", behavior="nativeSupport"),
    ),
    "a first prompt login": (
        said("prompt login"),
        prompted(None),
        prompted(PromptLogin.DISABLED),
        a_change("set_prompt_login", domain="Contoso.com", behavior=None),
    ),
    "a new authority": (
        said("a new authority"),
        None,
        ADDED,
        a_change("remove_trusted_ca", thumbprint=ADDED["thumbprint"]),
    ),
    "a removed authority": (
        said("a removed authority"),
        PKI,
        None,
        a_change("add_trusted_ca", **OLD_AGAIN, name="Old"),
    ),
    "other addresses": (
        said("other addresses"),
        {"crl_url": CRL, "delta_crl_url": ""},
        {"crl_url": f"{CRL}?new", "delta_crl_url": DELTA},
        a_change("set_ca_crl", thumbprint=OLD, crl_url=CRL),
    ),
    "the method": (
        said("the method"),
        images.of_method(METHOD),
        of_method(said("the method")),
        a_change(
            "set_certificate_method",
            bindings=images.of_method(METHOD)["bindings"],
            default_mode="x509CertificateSingleFactor",
            include=[{"id": "all_users"}],
        ),
    ),
    "the method switched off": (
        a_change("set_certificate_method", enabled=False),
        images.of_method(METHOD),
        of_method(a_change("set_certificate_method", enabled=False)),
        a_change("set_certificate_method", enabled=True),
    ),
    "a new classic authority": (
        said("a new classic authority"),
        STORE,
        BIGGER,
        a_change("remove_trusted_ca", thumbprint=ADDED["thumbprint"], **CLASSIC),
    ),
    "a removed classic authority": (
        said("a removed classic authority"),
        STORE,
        SMALLER,
        a_change("add_trusted_ca", **OLD_AGAIN, **CLASSIC),
    ),
    "other classic addresses": (
        said("other classic addresses"),
        STORE,
        of_store(said("other classic addresses")),
        a_change("set_ca_crl", thumbprint=OLD, crl_url=CRL, **CLASSIC),
    ),
}


@pytest.mark.parametrize("name", UNDONE)
def test_inverse_brings_back_what_stood_before(name: str) -> None:
    """From images as they come out of storage; what it brings about stood before, and does not."""
    change, before, after, expected = UNDONE[name]
    stored = msgspec.json.decode(
        msgspec.json.encode(Altered(says="", before=before, after=after)), type=Altered
    )
    wanted = undo_change.inverse(change, stored)
    assert wanted == expected
    assert is_reached(wanted, stored.before)
    assert not is_reached(wanted, stored.after)
    assert is_reached(change, stored.after)
    assert not is_reached(change, stored.before)


TWICE = {"authorities": [*STORE["authorities"], {**STORE["authorities"][0], "crl_url": DELTA}]}
DOUBLED = TWICE["authorities"][0]["thumbprint"]
NO_AUTHORITY = {**PKI, "certificate": text("Leaf", is_ca=False)}
REFUSED: dict[str, tuple[TenantChange, Image | None, Image | None, str]] = {
    "not shown": (
        said("modern authentication"),
        {"enabled": None},
        {"enabled": True},
        "did not show",
    ),
    "unknown word": (
        said("prompt login"),
        prompted(None, "surprise"),
        prompted(PromptLogin.DISABLED),
        "surprise, which cannot be ordered",
    ),
    "nothing": (said("prompt login"), prompted(None), prompted(None), "nothing was done"),
    "twice there": (
        a_change("remove_trusted_ca", thumbprint=DOUBLED, **CLASSIC),
        TWICE,
        SMALLER,
        "stood there 2 times",
    ),
    "no authority": (said("a removed authority"), NO_AUTHORITY, None, "cannot be ordered.*Leaf"),
    "no bindings": (
        said("the method"),
        {**images.of_method(METHOD), "bindings": []},
        of_method(said("the method")),
        "cannot be ordered.*without a binding",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_brought_back_says_why(name: str) -> None:
    """Each with what to look at."""
    change, before, after, why = REFUSED[name]
    with pytest.raises(Conflict, match=why):
        undo_change.inverse(change, Altered(says="", before=before, after=after))


def test_images_are_the_same_whatever_order_entra_lists_in() -> None:
    """Else nothing could be undone: it would seem changed by somebody else."""
    turned = msgspec.structs.replace(METHOD, bindings=METHOD.bindings[::-1])
    assert images.of_method(turned) == images.of_method(METHOD)
    two = [authority("Old", Store.CLASSIC), authority("Other", Store.CLASSIC)]
    assert images.of_store(two) == images.of_store(two[::-1])


def test_an_authority_is_not_what_is_ordered_with_other_addresses() -> None:
    """That it is trusted is not all."""
    change = said("a new authority")
    assert is_reached(change, ADDED)
    assert not is_reached(change, {**ADDED, "crl_url": ""})
    assert not is_reached(change, {**ADDED, "is_root": False})
    assert not is_reached(change, None)
