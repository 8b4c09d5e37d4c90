"""Names as Windows writes them, and as people may."""

from time import process_time

import pytest
from cryptography import x509
from cryptography.x509.oid import NameOID

from shared.trust.windows_name import is_same, spelled


def name(*parts: tuple[x509.ObjectIdentifier, str]) -> x509.Name:
    return x509.Name([x509.NameAttribute(oid, value) for oid, value in parts])


@pytest.mark.parametrize(
    ("held", "wanted"),
    [
        (
            name(
                (NameOID.DOMAIN_COMPONENT, "com"),
                (NameOID.DOMAIN_COMPONENT, "contoso"),
                (NameOID.COMMON_NAME, "CONTOSO-DC-CA"),
            ),
            "DC=com,DC=contoso,CN=CONTOSO-DC-CA",
        ),
        (
            name(
                (NameOID.STATE_OR_PROVINCE_NAME, "Bayern"),
                (NameOID.EMAIL_ADDRESS, "ca@contoso.com"),
            ),
            "S=Bayern,E=ca@contoso.com",
        ),
        (name((NameOID.ORGANIZATION_NAME, "Contoso, Inc.")), 'O="Contoso, Inc."'),
        (name((NameOID.COMMON_NAME, 'The "CA"')), 'CN="The ""CA"""'),
        (name((x509.ObjectIdentifier("1.2.3.4"), "x")), "OID.1.2.3.4=x"),
        (x509.Name([]), ""),
    ],
)
def test_a_name_is_spelled_as_windows_does(held: x509.Name, wanted: str) -> None:
    assert spelled(held) == wanted


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("CN=A, O=B", "O=B,CN=A"),
        ("cn=a,o=b", "CN=A,O=B"),
        ('O="Contoso, Inc.",CN=A', "CN=A,O=Contoso\\, Inc."),
        ("ST=Bayern", "S=Bayern"),
        ("EMAILADDRESS=a@b", "E=a@b"),
        ("CN=A+SN=1", "CN=A,SN=1"),
        ("CN=two  blanks", "CN=two blanks"),
    ],
)
def test_two_spellings_mean_one_name(one: str, other: str) -> None:
    assert is_same(one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("CN=A", "CN=B"), ("CN=A,O=B", "CN=A"), ("", ""), ("A", "A"), ("CN=A,O=B", "OU=A,O=B")],
)
def test_other_names_are_others(one: str, other: str) -> None:
    assert not is_same(one, other)


@pytest.mark.parametrize("text", ["CN=" + " " * 20_000 + "\\", "CN=a" + " " * 20_000 + "\\"])
def test_a_name_of_many_blanks_is_read_at_once(text: str) -> None:
    began = process_time()
    assert not is_same(text, "CN=b")
    assert process_time() - began < 1
