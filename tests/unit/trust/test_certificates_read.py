"""What a certificate says is read whole, and what is none is refused in one way."""

import base64

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.errors import Rejected
from shared.trust.x509 import facts, from_text, parsed
from tests.unit.trust.made import (
    CA,
    NOON,
    PRINCIPAL_NAME,
    SIGNS,
    SIGNS_NOTHING,
    Said,
    a_root,
    an_intermediate,
    made,
    names,
    principal_name,
)

ROOT = a_root()
LEAF = made(
    "CN=Ada,OU=People,DC=contoso,DC=com",
    ROOT,
    names(
        principal_name("ada@contoso.com"),
        x509.RFC822Name("ada.lovelace@contoso.com"),
        x509.DNSName("ada.contoso.com"),
        principal_name("ada@contoso.local"),
    ),
    (x509.ExtendedKeyUsage([x509.ObjectIdentifier("1.3.6.1.5.5.7.3.2")]), False),
    (x509.CertificatePolicies([x509.PolicyInformation(PRINCIPAL_NAME, None)]), False),
    (
        x509.CRLDistributionPoints(
            [
                x509.DistributionPoint(
                    [
                        x509.UniformResourceIdentifier("ldap:///CN=Root"),
                        x509.UniformResourceIdentifier("http://crl.contoso.com/root.crl"),
                    ],
                    None,
                    None,
                    None,
                )
            ]
        ),
        False,
    ),
    serial_number=0xA0B,
)


def test_a_users_certificate_says_whose_it_is() -> None:
    told = facts(LEAF.der)
    assert told.upns == ("ada@contoso.com", "ada@contoso.local")
    assert told.emails == ("ada.lovelace@contoso.com",)
    assert told.subject == "CN=Ada,OU=People,DC=contoso,DC=com"
    assert told.windows_subject == "DC=com,DC=contoso,OU=People,CN=Ada"
    assert told.serial_number == "A0B"
    assert told.policies == (PRINCIPAL_NAME.dotted_string,)
    assert told.purposes == ("1.3.6.1.5.5.7.3.2",)
    assert told.crl_urls == ("ldap:///CN=Root", "http://crl.contoso.com/root.crl")
    assert (told.is_ca, told.key_kind, told.key_bits) == (False, "EC", 256)
    assert (told.signature_hash, told.not_before < NOON < told.not_after) == ("sha256", True)


def test_keys_are_named_by_their_bits_and_by_the_certificate() -> None:
    told, issuer = facts(LEAF.der), facts(ROOT.der)
    assert told.authority_key_id == issuer.subject_key_id
    assert told.sha1_public_key == told.subject_key_id  # RFC 5280 computes it in the same way
    assert len(told.thumbprint_sha1) == 40
    assert told.thumbprint_sha1 != told.sha1_public_key


def test_an_authority_says_what_it_may_sign() -> None:
    told = facts(ROOT.der)
    assert (told.is_ca, told.may_sign_certificates, told.may_sign_crls) == (True, True, True)
    told = facts(made("CN=Root", None, CA, SIGNS_NOTHING).der)
    assert (told.is_ca, told.may_sign_certificates, told.may_sign_crls) == (True, False, False)
    told = facts(made("CN=Root", None, names_keys=False).der)
    assert (told.is_ca, told.may_sign_certificates, told.may_sign_crls) == (False, True, True)
    assert (told.subject_key_id, told.authority_key_id) == ("", "")


def test_kinds_of_keys_are_told_apart() -> None:
    told = facts(made("CN=R", None, CA, key=rsa.generate_private_key(65537, 2048)).der)
    assert (told.key_kind, told.key_bits) == ("RSA", 2048)
    told = facts(made("CN=R", None, CA, key=ec.generate_private_key(ec.SECP521R1())).der)
    assert (told.key_kind, told.key_bits) == ("EC", 521)


@pytest.mark.parametrize(
    "text",
    [
        LEAF.pem,
        "Subject: Ada\r\n" + LEAF.pem.replace("\n", "\r\n"),
        base64.b64encode(LEAF.der).decode(),
        " \n" + base64.encodebytes(LEAF.der).decode(),
    ],
    ids=["pem", "pem of windows, with a heading", "base64", "base64 in lines"],
)
def test_a_certificate_is_taken_as_people_have_it(text: str) -> None:
    assert from_text(text) == LEAF.der


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "no X.509 certificate"),
        ("not base64!", "neither PEM nor base64"),
        ("ü", "neither PEM nor base64"),
        ("AAAA", "no X.509 certificate"),
        (LEAF.pem + ROOT.pem, "more than one"),
        ("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----", "no certificate"),
        (LEAF.pem.replace("END", "FIN"), "no certificate"),
    ],
    ids=["nothing", "a word", "a letter", "zeros", "two of them", "a key", "cut off"],
)
def test_what_is_not_one_certificate_is_refused_with_the_reason(text: str, why: str) -> None:
    with pytest.raises(Rejected, match=why):
        from_text(text)


@pytest.mark.parametrize(
    "value",
    [b"\x0c\x03ab", b"\x0c\x02a\xff", b"\x16\x01a", b"\x04", b"\x0c\x82\x00"],
    ids=["short", "no utf-8", "another type", "one byte", "length cut off"],
)
def test_a_principal_name_that_is_none_is_refused(value: bytes) -> None:
    said = names(x509.OtherName(PRINCIPAL_NAME, value))
    with pytest.raises((Rejected, ValueError)) as refused:
        facts(made("CN=Ada", ROOT, said).der)
    assert refused.type is Rejected or "DER" in str(refused.value)  # the builder may refuse it


def test_a_long_principal_name_is_read() -> None:
    upn = "a" * 150 + "@contoso.com"
    length = len(upn)
    said: Said = names(x509.OtherName(PRINCIPAL_NAME, bytes([0x0C, 0x81, length]) + upn.encode()))
    assert facts(made("CN=Ada", ROOT, said).der).upns == (upn,)


# The library warns of what it will refuse one day; today it reads it, and so do we.
OLD_FORMS = "ignore::cryptography.utils.CryptographyDeprecationWarning"
WHOLE = [LEAF.der, an_intermediate(ROOT).der, made("CN=E", ROOT, SIGNS, names_keys=False).der]


@pytest.mark.filterwarnings(OLD_FORMS)
@settings(max_examples=300, deadline=None)
@given(st.sampled_from(WHOLE), st.data())
def test_damaged_bytes_are_read_or_refused_and_nothing_else(
    whole: bytes, data: st.DataObject
) -> None:
    """Whoever sends a certificate learns in one way that it is none."""
    damaged = bytearray(whole)
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(damaged) - 1))
        damaged[at] = data.draw(st.integers(0, 255))
    end = data.draw(st.integers(0, len(damaged)) | st.just(len(damaged)))
    try:
        facts(bytes(damaged[:end]))
    except Rejected:
        return


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(found: bytes) -> None:
    with pytest.raises(Rejected):
        parsed(found)
