"""A revocation list is read without being spread out, and what is none is refused in one way."""

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.errors import Rejected
from shared.trust import crl, crl_head
from shared.trust.crl import as_number
from tests.unit.trust.made import DAY, NOON, PRINCIPAL_NAME, Drawn, a_root, an_intermediate

ROOT = a_root()
LISTED = {
    0xA0B: x509.ReasonFlags.key_compromise,
    0x1234: None,
    0x99: x509.ReasonFlags.remove_from_crl,
}
WHOLE = Drawn(revoked=LISTED).by(ROOT)
DELTA = Drawn(delta_base=3).by(ROOT)


def test_a_list_says_when_and_what_it_is() -> None:
    told = crl.read(WHOLE)
    assert (told.this_update, told.next_update) == (NOON - DAY, NOON + 6 * DAY)
    assert (told.number, told.delta_base, told.issuer) == (7, None, "CN=Root,O=Contoso")
    assert told.size == len(WHOLE)
    assert len(told.authority_key_id) == 40
    assert crl.read(Drawn(delta_base=3).by(ROOT)).delta_base == 3
    assert crl.read(Drawn(number=None, names_key=False).by(ROOT)).number is None


def test_a_list_in_pem_is_the_same_list() -> None:
    pem = x509.load_der_x509_crl(WHOLE).public_bytes(serialization.Encoding.PEM)
    for text in (pem, b"\r\n " + pem):
        told = crl.read(text)
        assert (told.number, told.size) == (7, len(text))
        assert told.listed("A0B") is not None


@pytest.mark.parametrize("spelling", ["A0B", "a0b", "0A0B", "00:0a:0b", "0x0A0B", " 0a 0b "])
def test_a_serial_number_is_found_however_it_is_spelled(spelling: str) -> None:
    found = crl.read(WHOLE).listed(spelling)
    assert found is not None
    assert (found.reason, found.revoked_at) == ("keyCompromise", NOON - DAY)


def test_who_is_not_on_it_or_off_again_is_not_listed() -> None:
    told = crl.read(WHOLE)
    assert told.listed("A0C") is None
    assert told.listed("99") is None
    off = told.entry("99")
    assert off is not None
    assert off.is_off_again
    plain = told.listed("1234")
    assert plain is not None
    assert plain.reason == ""


@pytest.mark.parametrize("spelling", ["", "xyz", "-1", "0x", "A" * 81])
def test_what_is_no_serial_number_is_refused(spelling: str) -> None:
    with pytest.raises(Rejected, match="hex"):
        as_number(spelling)


def test_a_list_says_what_it_leaves_out() -> None:
    def place(**said: object) -> bytes:
        told: dict[str, object] = {
            "full_name": None,
            "relative_name": None,
            "only_contains_user_certs": False,
            "only_contains_ca_certs": False,
            "only_some_reasons": None,
            "indirect_crl": False,
            "only_contains_attribute_certs": False,
        } | said
        return Drawn(said=((x509.IssuingDistributionPoint(**told), True),)).by(ROOT)  # type: ignore[arg-type]

    reasons = frozenset({x509.ReasonFlags.key_compromise})
    assert crl.read(place(only_contains_user_certs=True)).leaves_out == ()
    assert crl.read(place(only_contains_ca_certs=True)).leaves_out == ("users' certificates",)
    assert len(crl.read(place(only_some_reasons=reasons)).leaves_out) == 1
    assert len(crl.read(place(indirect_crl=True)).leaves_out) == 1
    assert len(crl.read(place(only_contains_attribute_certs=True)).leaves_out) == 1
    point = [x509.UniformResourceIdentifier("http://crl.contoso.com/1.crl")]
    assert crl.read(place(full_name=point)).points == ("http://crl.contoso.com/1.crl",)


def test_what_is_critical_and_not_known_is_named() -> None:
    oid = x509.ObjectIdentifier("1.2.3.4")
    body = Drawn(said=((x509.UnrecognizedExtension(oid, b"\x05\x00"), True),)).by(ROOT)
    assert crl.read(body).unknown_critical == ("1.2.3.4",)
    body = Drawn(said=((x509.UnrecognizedExtension(oid, b"\x05\x00"), False),)).by(ROOT)
    assert crl.read(body).unknown_critical == ()


@pytest.mark.parametrize(
    "body",
    [b"", b"<html>", ROOT.der, ROOT.pem.encode(), WHOLE[:-1], WHOLE + b"\0"],
    ids=["nothing", "a page", "a certificate", "one in pem", "cut off", "too long"],
)
def test_what_is_no_list_is_refused(body: bytes) -> None:
    with pytest.raises(Rejected, match="no revocation list"):
        crl.read(body)


@pytest.mark.filterwarnings("ignore::cryptography.utils.CryptographyDeprecationWarning")
@settings(max_examples=300, deadline=None)
@given(st.data())
def test_a_damaged_list_is_read_or_refused_and_nothing_else(data: st.DataObject) -> None:
    damaged = bytearray(data.draw(st.sampled_from([WHOLE, DELTA])))
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(damaged) - 1))
        damaged[at] = data.draw(st.integers(0, 255))
    try:
        crl.read(bytes(damaged)).listed("A0B")
    except Rejected:
        return


def test_a_list_of_another_authority_is_read_all_the_same() -> None:
    assert crl.read(Drawn().by(an_intermediate(ROOT))).issuer == "CN=Issuing,O=Contoso"


def test_a_number_that_no_list_may_have_is_refused() -> None:
    """Python itself writes out no number of more than 4300 digits."""
    assert crl.read(Drawn(number=(1 << 159) - 1).by(ROOT)).number == (1 << 159) - 1
    for drawn in (Drawn(number=1 << 160), Drawn(delta_base=1 << 160)):
        with pytest.raises(Rejected, match="20 bytes"):
            crl.read(drawn.by(ROOT))
    negative = x509.UnrecognizedExtension(x509.CRLNumber.oid, b"\x02\x01\x80")
    with pytest.raises(Rejected):
        crl.read(Drawn(number=None, said=((negative, False),)).by(ROOT))


def test_what_surrounds_the_entries_may_not_be_long() -> None:
    """It becomes objects, where entries stay bytes: four megabytes of it take two hundred."""
    many = Drawn(revoked=dict.fromkeys(range(1, 5000)))
    assert len(many.by(ROOT)) > crl_head.LARGEST
    assert crl.read(many.by(ROOT)).listed("1") is not None
    for long in (
        Drawn(issuer=",".join(f"OU=part {number}" for number in range(4000))),
        Drawn(said=((x509.UnrecognizedExtension(PRINCIPAL_NAME, bytes(70_000)), False),)),
    ):
        body = long.by(ROOT)
        for text in (body, x509.load_der_x509_crl(body).public_bytes(serialization.Encoding.PEM)):
            with pytest.raises(Rejected, match="before and after"):
                crl.read(text)
