"""Orders about users' certificates as messages: what they are about, what can never do any good."""

import pytest

from shared import messages, tenant_messages
from shared.devices import guard, tenant_change
from shared.devices.certificate_change import leaves_gap
from shared.devices.guard import SYSTEM, HoldReason
from shared.errors import Rejected
from tests.contract.tenant_commands_world import an_order
from tests.unit.certificate_changes_world import ALL, CRL, DELTA, GROUP, authority, text
from tests.unit.certificate_orders import BINDING, CLASSIC, FIELDS, NEW, OLD, order

RULE = {"kind": "policyOID", "identifier": "1.2.3", "mode": "x509CertificateMultiFactor"}
NEWS = f"authority {authority('New').thumbprint}"
ABOUT = {
    "modern authentication": ("modern authentication", "modern authentication switched on"),
    "prompt login": (
        "federated domain contoso.com",
        "prompt login of Contoso.com set to disabled",
    ),
    "a new authority": (NEWS, f"authority New ({NEWS[10:18]}) trusted as root in the PKI store"),
    "a removed authority": (
        f"authority {OLD}",
        f"authority {OLD[:8]} trusted no longer in the PKI store",
    ),
    "other addresses": (
        f"authority {OLD}",
        f"CRL of authority {OLD[:8]} set to {CRL}?new and {DELTA} in the PKI store",
    ),
    "the method": (
        "sign-in by certificate",
        "sign-in by certificate set (bindings, default_mode, include)",
    ),
    "a new classic authority": (
        "classic store of authorities",
        f"authority CN=New ({NEWS[10:18]}) trusted as root in the classic store",
    ),
    "a removed classic authority": (
        "classic store of authorities",
        f"authority {OLD[:8]} trusted no longer in the classic store",
    ),
    "other classic addresses": (
        "classic store of authorities",
        f"CRL of authority {OLD[:8]} set to nothing in the classic store",
    ),
}


@pytest.mark.parametrize("name", FIELDS)
def test_order_is_read_as_it_was_written(name: str) -> None:
    """And says what it is about: of two about the same, the newer stands."""
    command = order(name)
    assert messages.read_order(tenant_messages.write(command)) == command
    change = command.change
    assert (tenant_change.target(change), tenant_change.says(change)) == ABOUT[name]
    assert leaves_gap(change) is ("classic" in name)


@pytest.mark.parametrize("name", FIELDS)
def test_order_takes_a_second_person_and_counts_as_a_policy_change(name: str) -> None:
    """Each of them may shut out everybody at once."""
    change = order(name).change
    assert "second person" in guard.change_needs_approval(change, SYSTEM)
    assert guard.budgets_of_change(change) == (HoldReason.POLICY_CHANGES,)


PEM = f"-----BEGIN CERTIFICATE-----\n{text('New')}\n-----END CERTIFICATE-----\n"
SECOND = {**BINDING, "certificate_field": "RFC822Name"}
HOPELESS: dict[str, tuple[str, dict[str, object], str]] = {
    "no certificate": ("add_trusted_ca", {**NEW, "certificate": "aGVsbG8="}, "no X.509"),
    "no base64": ("add_trusted_ca", {**NEW, "certificate": "hello!"}, "neither PEM nor base64"),
    "no authority": (
        "add_trusted_ca",
        {**NEW, "certificate": text("Leaf", is_ca=False)},
        "CN=Leaf is no authority",
    ),
    "no root": (
        "add_trusted_ca",
        {**NEW, "certificate": text("Sub", issuer="New")},
        "CN=Sub is no root: CN=New has issued it",
    ),
    "a root": ("add_trusted_ca", {**NEW, "is_root": False}, "CN=New is a root"),
    "its key": (
        "add_trusted_ca",
        {
            **NEW,
            "certificate": f"{PEM}-----BEGIN PRIVATE KEY-----",
        },
        "private key beside",
    ),
    "no gap accepted": (
        "add_trusted_ca",
        {**NEW, "store": "classic"},
        "nobody's certificate is accepted in between.*better take the PKI store",
    ),
    "no gap accepted for a removal": (
        "remove_trusted_ca",
        {"thumbprint": OLD, "store": "classic"},
        "deleted and made anew",
    ),
    "a name": ("add_trusted_ca", {**NEW, **CLASSIC, "name": "New"}, "keeps no name"),
    "ldap": ("add_trusted_ca", {**NEW, "crl_url": "ldap://dc/crl"}, "crl_url has to begin with"),
    "no host": ("set_ca_crl", {"thumbprint": OLD, "crl_url": "http:///a.crl"}, "names no host"),
    "a user": ("set_ca_crl", {"thumbprint": OLD, "crl_url": "http://u:p@h/"}, "user or password"),
    "a fragment": ("set_ca_crl", {"thumbprint": OLD, "crl_url": "http://h/a#b"}, "behind #"),
    "an empty fragment": ("set_ca_crl", {"thumbprint": OLD, "crl_url": "http://h/a#"}, "behind #"),
    "a line": ("set_ca_crl", {"thumbprint": OLD, "crl_url": "http://h/\na"}, "percent-encoded"),
    "a space": ("set_ca_crl", {"thumbprint": OLD, "crl_url": "http://h/a b"}, "percent-encoded"),
    "a port": ("set_ca_crl", {"thumbprint": OLD, "crl_url": "http://h:99999/"}, "is no address"),
    "a delta alone": (
        "set_ca_crl",
        {"thumbprint": OLD, "crl_url": "", "delta_crl_url": DELTA},
        "of no use without crl_url",
    ),
    "a delta of itself": (
        "set_ca_crl",
        {"thumbprint": OLD, "crl_url": CRL, "delta_crl_url": CRL},
        "same as crl_url",
    ),
    "nothing": ("set_certificate_method", {}, "nothing is named"),
    "no binding": ("set_certificate_method", {"bindings": []}, "without a binding"),
    "one priority": (
        "set_certificate_method",
        {"bindings": [BINDING, SECOND]},
        "two bindings have the priority 1",
    ),
    "one field": (
        "set_certificate_method",
        {"bindings": [BINDING, {**BINDING, "priority": 2}]},
        "two bindings compare PrincipalName with certificateUserIds",
    ),
    "no priority": (
        "set_certificate_method",
        {"bindings": [{**BINDING, "priority": -1}]},
        "below 0",
    ),
    "a nameless rule": (
        "set_certificate_method",
        {"rules": [{**RULE, "kind": "issuerSubject", "identifier": " "}]},
        "by issuerSubject names nothing",
    ),
    "an odd policy": (
        "set_certificate_method",
        {"rules": [{**RULE, "identifier": "strong"}]},
        "strong is no policy's number",
    ),
    "an issuer alone": (
        "set_certificate_method",
        {"rules": [{**RULE, "kind": "issuerSubjectAndPolicyOID", "identifier": "CN=A"}]},
        "CN=A is no issuer with",
    ),
    "a rule twice": ("set_certificate_method", {"rules": [RULE, RULE]}, "two rules are about"),
    "nobody": (
        "set_certificate_method",
        {"enabled": True, "include": []},
        "enabled for nobody",
    ),
    "a name for a group": (
        "set_certificate_method",
        {"include": [{"id": "Phones"}]},
        "'Phones' is neither",
    ),
    "in and out": (
        "set_certificate_method",
        {"include": [{"id": GROUP.id}], "exclude": [{"id": GROUP.id.upper()}]},
        "is named twice",
    ),
    "too much": (
        "set_certificate_method",
        {"rules": [{**RULE, "identifier": f"1.2.{number}"} for number in range(200)]},
        "bytes long at most",
    ),
}


@pytest.mark.parametrize("name", HOPELESS)
def test_what_can_never_do_any_good_is_refused_with_a_way_out(name: str) -> None:
    """Before anything is stored."""
    action, fields, why = HOPELESS[name]
    with pytest.raises(Rejected, match=why):
        an_order(action, 1, **fields)


def test_everything_that_is_wrong_is_named_at_once() -> None:
    """Nobody learns of one mistake after the other."""
    fields = {"is_root": False, "crl_url": "ftp://h/", "store": "classic"}
    with pytest.raises(Rejected, match=r"accept_gap.*is a root.*crl_url has to begin"):
        an_order("add_trusted_ca", 1, **{**NEW, **fields})


@pytest.mark.parametrize(
    "fields",
    [
        {"thumbprint": OLD.upper()},
        {"thumbprint": f"{OLD[:-1]}\n"},
        {"thumbprint": OLD, "stores": "pki"},
    ],
    ids=["capitals", "a line", "an unknown field"],
)
def test_odd_order_is_refused_by_its_shape(fields: dict[str, object]) -> None:
    """What it means would be a guess."""
    with pytest.raises(Rejected, match="documented shape"):
        an_order("remove_trusted_ca", 1, **fields)


def test_certificate_may_be_written_as_pem_too() -> None:
    """It is the same authority."""
    change = an_order("add_trusted_ca", 1, **{**NEW, "certificate": PEM}).change
    assert tenant_change.target(change) == NEWS


def test_good_settings_are_taken_as_they_are() -> None:
    """Both ways, whole and in part."""
    an_order("set_certificate_method", enabled=False)
    an_order("set_certificate_method", rules=[], exclude=[])
    two = [{**BINDING, "priority": 0}, {**SECOND, "priority": 2}]
    both = {**RULE, "kind": "issuerSubjectAndPolicyOID", "identifier": "CN=A;1.2.3"}
    everybody = [{"id": ALL.id}]
    an_order(
        "set_certificate_method", enabled=True, include=everybody, bindings=two, rules=[RULE, both]
    )
    an_order("set_ca_crl", thumbprint=OLD, crl_url="")
