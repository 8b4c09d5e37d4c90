"""Whose a certificate is: by the tenant's bindings, and in doubt the doubt is said."""

import pytest
from cryptography import x509

from shared.trust.account import Account
from shared.trust.bindings import Mapping, mail_address, mapped
from shared.trust.method import Binding, CertificateField, CertificateMethod, UserProperty
from shared.trust.user_ids import KEY_HASH, NOT_FIRST, REVERSED
from shared.trust.x509 import CertificateFacts, facts
from tests.unit.trust.made import a_root, made, names, principal_name

ROOT = made("CN=CONTOSO-DC-CA,DC=contoso,DC=com")
LEAF = facts(
    made(
        "CN=mfatest,OU=UserAccounts,DC=contoso,DC=com",
        ROOT,
        names(principal_name("Bob@woodgrove.com"), x509.RFC822Name("user@woodgrove.com")),
        serial_number=0xB24134139F069B49997212A86BA0EF48,
    ).der
)
PLAIN = facts(made("CN=nobody", a_root(), names_keys=False).der)
ISSUER = "DC=com,DC=contoso,CN=CONTOSO-DC-CA"
SUBJECT = "DC=com,DC=contoso,OU=UserAccounts,CN=mfatest"
Field, Property = CertificateField, UserProperty


def method(
    *bindings: tuple[CertificateField, UserProperty], unknown: str = ""
) -> CertificateMethod:
    """Return settings with these bindings, the first with the lowest priority number."""
    return CertificateMethod(
        is_enabled=True,
        bindings=tuple(
            Binding(certificate_field=field, user_property=property_, priority=at)
            for at, (field, property_) in enumerate(bindings, 1)
        )[::-1],
        unknown=(unknown,) if unknown else (),
    )


def by_ids(field: CertificateField, *ids: str, facts: CertificateFacts = LEAF) -> Mapping:
    """Map by one field, to a user with these certificateUserIds."""
    user = account(certificate_user_ids=ids)
    return mapped(facts, method((field, Property.CERTIFICATE_USER_IDS)), user)


def account(
    upn: str = "bob@woodgrove.com",
    *,
    on_premises_upn: str = "",
    certificate_user_ids: tuple[str, ...] = (),
    mail: str = "",
    addresses: tuple[str, ...] = (),
) -> Account:
    return Account(
        directory_id="1",
        upn=upn,
        mail=mail,
        on_premises_upn=on_premises_upn,
        certificate_user_ids=certificate_user_ids,
        addresses=addresses,
    )


def form(value: object) -> str:
    """Return what a value is called in a test's name, without keys that differ from run to run."""
    return str(value).partition(">")[0]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        (Field.PRINCIPAL_NAME, "X509:<PN>Bob@woodgrove.com"),
        (Field.RFC822_NAME, "X509:<RFC822>user@woodgrove.com"),
        (Field.ISSUER_AND_SUBJECT, f"X509:<I>{ISSUER}<S>{SUBJECT}"),
        (Field.SUBJECT, f"X509:<S>{SUBJECT}"),
        (Field.SUBJECT_KEY_IDENTIFIER, f"X509:<SKI>{LEAF.subject_key_id}"),
        (Field.SUBJECT_KEY_IDENTIFIER, f"X509:<SKI>{LEAF.subject_key_id.upper()}"),
        (Field.SHA1_PUBLIC_KEY, f"X509:<SHA1-PUKEY>{LEAF.thumbprint_sha1.upper()}"),
        (
            Field.ISSUER_AND_SERIAL_NUMBER,
            f"X509:<I>{ISSUER}<SR>b24134139f069b49997212a86ba0ef48",
        ),
        (
            Field.ISSUER_AND_SERIAL_NUMBER,
            f"X509:<I>{ISSUER}<SR>00B24134139F069B49997212A86BA0EF48",
        ),
    ],
    ids=form,
)
def test_each_field_is_found_in_the_form_that_microsoft_documents(
    field: CertificateField, value: str
) -> None:
    found = by_ids(field, "X509:<PN>somebody@else.com", value)
    assert found.matched is not None
    assert (found.matched.certificate_field, found.unknown) == (field, ())


@pytest.mark.parametrize(
    ("field", "value", "doubt"),
    [
        (Field.PRINCIPAL_NAME, "X509:<PN>bob@woodgrove.com", "letter case"),
        (Field.SUBJECT, "X509:<S>DC=com, DC=contoso, OU=UserAccounts, CN=mfatest", "blanks"),
        (Field.SHA1_PUBLIC_KEY, f"X509:<SHA1-PUKEY>{LEAF.sha1_public_key}", KEY_HASH),
        (
            Field.ISSUER_AND_SERIAL_NUMBER,
            f"X509:<I>{ISSUER}<SR>48efa06ba8127299499b069f133441b2",
            REVERSED,
        ),
    ],
    ids=form,
)
def test_what_is_not_documented_is_called_unknown(
    field: CertificateField, value: str, doubt: str
) -> None:
    found = by_ids(field, value)
    assert found.matched is None
    assert len(found.unknown) == 1
    assert doubt in found.unknown[0]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        (Field.PRINCIPAL_NAME, "X509:<pn>Bob@woodgrove.com"),
        (Field.PRINCIPAL_NAME, "Bob@woodgrove.com"),
        (Field.PRINCIPAL_NAME, "X509:<RFC822>Bob@woodgrove.com"),
        (Field.SUBJECT, "X509:<S>CN=mfatest,OU=UserAccounts,DC=contoso,DC=com"),
        (Field.ISSUER_AND_SERIAL_NUMBER, f"X509:<I>{ISSUER}<SR>1234"),
        (Field.SUBJECT_KEY_IDENTIFIER, "X509:<SKI>00"),
    ],
    ids=form,
)
def test_another_value_is_not_the_certificates(field: CertificateField, value: str) -> None:
    found = by_ids(field, value)
    assert (found.matched, found.unknown) == (None, ())
    assert "do not hold X509:<" in found.tried[0].says


@pytest.mark.parametrize(
    "field",
    [Field.PRINCIPAL_NAME, Field.RFC822_NAME, Field.SUBJECT_KEY_IDENTIFIER],
)
def test_a_field_that_the_certificate_lacks_is_named(field: CertificateField) -> None:
    found = by_ids(field, "X509:<PN>", "X509:<SKI>", facts=PLAIN)
    assert found.matched is None
    assert found.tried[0].says == f"the certificate has no {field}"


def test_names_of_users_are_compared_whatever_their_letter_case() -> None:
    by_upn = method((Field.PRINCIPAL_NAME, Property.UPN))
    assert mapped(LEAF, by_upn, account("BOB@Woodgrove.com")).matched == by_upn.bindings[0]
    by_own = method((Field.RFC822_NAME, Property.ON_PREMISES_UPN))
    user = account(on_premises_upn="User@woodgrove.com")
    assert mapped(LEAF, by_own, user).matched == by_own.bindings[0]
    assert "the user has no onPremises" in mapped(LEAF, by_own, account()).tried[0].says
    found = mapped(LEAF, by_upn, account("ada@woodgrove.com"))
    assert found.tried[0].says == "Bob@woodgrove.com there, ada@woodgrove.com here"


def test_bindings_are_tried_in_their_order_until_one_matches() -> None:
    settings = method(
        (Field.SUBJECT_KEY_IDENTIFIER, Property.CERTIFICATE_USER_IDS),
        (Field.PRINCIPAL_NAME, Property.UPN),
        (Field.RFC822_NAME, Property.UPN),
    )
    found = mapped(LEAF, settings, account())
    assert [each.binding.priority for each in found.tried] == [1, 2]
    assert [each.is_match for each in found.tried] == [False, True]
    found = mapped(LEAF, settings, account("ada@woodgrove.com"))
    assert [each.binding.priority for each in found.tried] == [1, 2, 3]
    assert found.matched is None


def test_a_certain_match_settles_a_doubt_before_it() -> None:
    settings = method(
        (Field.PRINCIPAL_NAME, Property.CERTIFICATE_USER_IDS), (Field.PRINCIPAL_NAME, Property.UPN)
    )
    user = account(certificate_user_ids=("X509:<PN>bob@woodgrove.com",))
    found = mapped(LEAF, settings, user)
    assert found.matched is not None
    assert (found.matched.priority, found.unknown) == (2, ())


def test_without_bindings_nobody_is_found() -> None:
    assert mapped(LEAF, method(), account()) == Mapping(matched=None, tried=())


def test_a_field_that_goes_with_user_ids_only_matches_no_name() -> None:
    found = mapped(LEAF, method((Field.SUBJECT, Property.UPN)), account())
    assert "certificateUserIds only" in found.tried[0].says


def test_a_second_principal_name_is_a_doubt() -> None:
    two = facts(made("CN=x", ROOT, names(principal_name("a@b.c"), principal_name("d@e.f"))).der)
    found = mapped(two, method((Field.PRINCIPAL_NAME, Property.UPN)), account("d@e.f"))
    assert found.matched is None
    assert NOT_FIRST in found.unknown[0]
    found = by_ids(Field.PRINCIPAL_NAME, "X509:<PN>d@e.f", facts=two)
    assert NOT_FIRST in found.unknown[0]


def test_where_affinity_may_be_required_a_weak_binding_is_a_doubt() -> None:
    asks = "rules.x509CertificateRequiredAffinityLevel"
    weak = (Field.PRINCIPAL_NAME, Property.UPN)
    found = mapped(LEAF, method(weak, unknown=asks), account())
    assert found.matched is None
    assert "affinity" in found.unknown[0]
    strong = (Field.SUBJECT_KEY_IDENTIFIER, Property.CERTIFICATE_USER_IDS)
    user = account(certificate_user_ids=(f"X509:<SKI>{LEAF.subject_key_id}",))
    found = mapped(LEAF, method(weak, strong, unknown=asks), user)
    assert found.matched is not None
    assert found.matched.certificate_field is Field.SUBJECT_KEY_IDENTIFIER


def test_devices_sync_by_an_address_of_the_user_in_the_certificate() -> None:
    assert mail_address(LEAF, account(mail="BOB@woodgrove.com")).address == "Bob@woodgrove.com"
    by_proxy = mail_address(LEAF, account(addresses=("user@woodgrove.com",)))
    assert (by_proxy.address, "RFC 822" in by_proxy.says) == ("user@woodgrove.com", True)
    other = mail_address(LEAF, account(mail="ada@woodgrove.com"))
    assert (other.address, "ada@woodgrove.com" in other.says) == ("", True)
    assert mail_address(PLAIN, account(mail="ada@woodgrove.com")).address == ""
    assert "no mail address" in mail_address(LEAF, account()).says
