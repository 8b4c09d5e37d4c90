"""A user's certificate leads to a root of the store, or it is said why not."""

from collections.abc import Sequence

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import ExtendedKeyUsageOID

from shared.errors import Rejected
from shared.trust.authority import Authority
from shared.trust.chain import chain
from tests.unit.trust.made import (
    CA,
    DAY,
    NOON,
    SIGNS,
    SIGNS_NOTHING,
    Holder,
    Said,
    a_key,
    a_root,
    an_intermediate,
    made,
    names,
)

ROOT = a_root()
ISSUING = an_intermediate(ROOT)
LEAF = made("CN=Ada", ISSUING)
STORE = (ROOT.stored(is_root=True), ISSUING.stored())
CLIENT: Said = (x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH]), False)
SERVER: Said = (x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), False)
ANY: Said = (x509.ExtendedKeyUsage([ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE]), False)


def refused(leaf: Holder, store: Sequence[Authority] = STORE) -> str:
    """Return why there is no chain."""
    with pytest.raises(Rejected) as error:
        chain(leaf.der, store, NOON)
    return str(error.value)


def test_the_way_is_told_from_the_issuer_to_the_root() -> None:
    assert chain(LEAF.der, STORE, NOON) == (STORE[1], STORE[0])
    assert chain(LEAF.der, STORE[::-1], NOON) == (STORE[1], STORE[0])
    assert chain(made("CN=Ada", ROOT).der, STORE, NOON) == (STORE[0],)


def test_users_certificates_of_private_authorities_are_taken_as_they_are() -> None:
    """No name for a server, an empty subject, keys of both kinds, nothing critical."""
    old = rsa.generate_private_key(65537, 2048)
    basic: Said = (x509.BasicConstraints(ca=True, path_length=None), False)
    root = made("CN=Old", None, basic, key=old, names_keys=False)
    store = [root.stored(is_root=True)]
    for leaf in (
        made("", root, names(x509.RFC822Name("ada@contoso.com")), CLIENT),
        made("CN=Ada", root, ANY),
        made("CN=Ada", root, key=rsa.generate_private_key(65537, 2048), names_keys=False),
    ):
        assert chain(leaf.der, store, NOON) == tuple(store)


def test_a_broken_authority_beside_the_way_does_not_matter() -> None:
    broken = Authority(store=STORE[0].store, certificate=b"none", is_root=True)
    assert chain(LEAF.der, (broken, *STORE), NOON) == (STORE[1], STORE[0])


def test_of_two_entries_with_one_certificate_the_first_is_told() -> None:
    again = ISSUING.stored(crl_url="http://crl.contoso.com/other.crl")
    assert chain(LEAF.der, (*STORE, again), NOON)[0] is STORE[1]


def test_an_issuer_that_is_not_there_is_named() -> None:
    assert "CN=Issuing,O=Contoso, who signed the certificate, is not in the store" in refused(
        LEAF, STORE[:1]
    )
    lower = an_intermediate(ISSUING, "CN=Lower")
    said = refused(made("CN=Ada", lower), (STORE[0], lower.stored()))
    assert "CN=Issuing,O=Contoso, who signed the authority CN=Lower, is not in the store" in said


def test_a_store_without_a_root_is_told() -> None:
    assert "no root" in refused(LEAF, STORE[1:])
    assert "no root" in refused(LEAF, ())
    assert "no root" in refused(LEAF, (ROOT.stored(is_root=False), STORE[1]))
    assert "no root" in refused(LEAF, (ISSUING.stored(is_root=True),))


def test_an_issuer_with_another_key_is_told() -> None:
    other = an_intermediate(ROOT)
    assert "another key than the one that signed" in refused(LEAF, (STORE[0], other.stored()))


def test_dates_are_those_of_the_moment_asked_for() -> None:
    assert "expired" in refused(made("CN=Ada", ROOT, ends=NOON - DAY / 2))
    assert "valid from" in refused(made("CN=Ada", ROOT, begins=NOON + DAY))
    old = made("CN=Old", ROOT, CA, SIGNS, ends=NOON - DAY / 2)
    said = refused(made("CN=Ada", old), (STORE[0], old.stored()))
    assert said.startswith("the authority CN=Old expired")
    with pytest.raises(Rejected, match="expired"):
        chain(LEAF.der, STORE, NOON + 1000 * DAY)


@pytest.mark.parametrize(
    ("authority", "why"),
    [
        (made("CN=A", ROOT, SIGNS), "basicConstraints"),
        (made("CN=A", ROOT, CA, SIGNS_NOTHING), "key usage does not let it sign"),
        (made("CN=A", ROOT, (x509.BasicConstraints(ca=False, path_length=None), True)), "CA"),
    ],
    ids=["no constraints", "may not sign", "no CA"],
)
def test_an_authority_that_may_not_sign_is_told(authority: Holder, why: str) -> None:
    said = refused(made("CN=Ada", authority), (STORE[0], authority.stored()))
    assert why in said
    assert "<Certificate" not in said


def test_a_path_that_may_be_no_longer_is_told() -> None:
    short = made("CN=Short", None, (x509.BasicConstraints(ca=True, path_length=0), True), SIGNS)
    below = an_intermediate(short, "CN=Below")
    store = (short.stored(is_root=True), below.stored())
    assert "path length" in refused(made("CN=Ada", below), store)


def test_ten_authorities_are_followed_and_no_more() -> None:
    line = [ROOT]
    for at in range(10):
        line.append(an_intermediate(line[-1], f"CN=Level {at}"))
    store = [ROOT.stored(is_root=True), *(each.stored() for each in line[1:])]
    assert len(chain(made("CN=Ada", line[9]).der, store, NOON)) == 10
    assert "max depth" in refused(made("CN=Ada", line[10]), store)


def test_a_key_that_has_another_name_in_the_store_is_told() -> None:
    renamed = made(
        "CN=Root,O=Contoso",
        None,
        CA,
        SIGNS,
        (x509.SubjectKeyIdentifier(b"another name"), False),
        key=ROOT.key,
        names_keys=False,
    )
    assert "names another key" in refused(made("CN=Ada", ROOT), (renamed.stored(is_root=True),))


def test_authorities_that_vouch_for_each_other_lead_nowhere() -> None:
    one, other = a_key(), a_key()
    first = made("CN=One", None, CA, key=one)
    second = made("CN=Other", first, CA, key=other)
    back = made("CN=One", second, CA, key=one)
    store = (STORE[0], second.stored(), back.stored())
    assert "circle" in refused(made("CN=Ada", back), store)


def test_a_certificate_for_something_else_is_told() -> None:
    assert "client authentication" in refused(made("CN=Ada", ROOT, SERVER))
    assert "authority's certificate" in refused(ISSUING)


def test_an_authority_for_something_else_is_told() -> None:
    servers = made("CN=Servers", ROOT, CA, SIGNS, SERVER)
    said = refused(made("CN=Ada", servers, CLIENT), (STORE[0], servers.stored()))
    assert said.startswith("CN=Servers may sign certificates for other purposes")
    clients = made("CN=Clients", ROOT, CA, SIGNS, CLIENT)
    store = (STORE[0], clients.stored())
    assert chain(made("CN=Ada", clients, CLIENT).der, store, NOON) == store[::-1]


def test_a_key_that_may_not_sign_is_told() -> None:
    only_encrypts: Said = (
        x509.KeyUsage(
            digital_signature=False,
            content_commitment=False,
            key_encipherment=True,
            data_encipherment=False,
            key_agreement=False,
            key_cert_sign=False,
            crl_sign=False,
            encipher_only=False,
            decipher_only=False,
        ),
        True,
    )
    assert "does not let a device sign in" in refused(made("CN=Ada", ROOT, only_encrypts))


def test_what_must_be_understood_and_is_not_is_refused() -> None:
    unknown = x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.3.4"), b"\x05\x00")
    said = refused(made("CN=Ada", ROOT, (unknown, True)))
    assert "critical" in said
    assert "CN=Ada" not in said


def test_a_key_that_is_too_weak_is_told() -> None:
    short = made("CN=Ada", ROOT, key=rsa.generate_private_key(65537, 1024))  # noqa: S505
    assert "less than 2048 bits" in refused(short)
    weak = made("CN=Weak", None, CA, SIGNS, key=rsa.generate_private_key(65537, 1024))  # noqa: S505
    assert "too weak" in refused(made("CN=Ada", weak), [weak.stored(is_root=True)])
