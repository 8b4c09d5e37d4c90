"""The simulated authorities issue, revoke and publish as RFC 5280 says, and OpenSSL agrees."""

from collections.abc import Iterator
from datetime import timedelta

import httpx
import pytest
from cryptography import x509

from infra.local.serve import Server
from infra.local.simulators.certificate_authority.certificates import PRINCIPAL_NAME
from tests.contract.ca_world import CaWorld, base, number
from tests.contract.openssl_oracle import chain_verdict
from tests.contract.trust_questions import ChainCase, Plainly

ANNA = "anna@contoso.test"
HOLD, LOST = x509.ReasonFlags.certificate_hold, x509.ReasonFlags.key_compromise
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with Server(None) as server:
        yield server


@pytest.fixture
def world(server: Server) -> Iterator[CaWorld]:
    with httpx.Client(trust_env=False) as client:
        world = CaWorld(client).mounted(server)
        yield world
        world.authorities.let_go()


def test_a_user_certificate_verifies_up_to_its_root_and_no_other(world: CaWorld) -> None:
    leaf = world.issuing.user_certificate(upn=ANNA).der
    case = ChainCase(
        name="issued",
        plainly=Plainly.GOOD,
        leaf=leaf,
        untrusted=(world.issuing.der,),
        roots=(world.root.der,),
        at=world.now,
        for_client=True,
    )
    other = world.authorities.root("fabrikam-root").der

    assert chain_verdict(case).ok
    assert not chain_verdict(ChainCase(**{**vars(case), "roots": (other,)})).ok


def test_a_user_certificate_says_whose_it_is_and_where_the_list_stands(world: CaWorld) -> None:
    certificate = world.issuing.user_certificate(upn=ANNA, email="a@contoso.test").certificate
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    places = certificate.extensions.get_extension_for_class(x509.CRLDistributionPoints).value

    assert [each.type_id for each in names.get_values_for_type(x509.OtherName)] == [PRINCIPAL_NAME]
    assert names.get_values_for_type(x509.OtherName)[0].value.endswith(ANNA.encode())
    assert names.get_values_for_type(x509.RFC822Name) == ["a@contoso.test"]
    assert places[0].full_name == [x509.UniformResourceIdentifier(world.issuing.crl_url)]


def test_a_certificate_begins_and_ends_and_has_policies_as_asked(world: CaWorld) -> None:
    certificate = world.root.user_certificate(
        upn=ANNA, begins=HOUR, lasts=DAY, policies=["1.2.3.4"], purposes=()
    ).certificate
    policies = certificate.extensions.get_extension_for_class(x509.CertificatePolicies).value

    assert certificate.not_valid_before_utc == world.now + HOUR
    assert certificate.not_valid_after_utc == world.now + DAY
    assert [each.policy_identifier.dotted_string for each in policies] == ["1.2.3.4"]
    with pytest.raises(x509.ExtensionNotFound):
        certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage)


def test_a_revocation_is_listed_at_once_under_a_higher_number(world: CaWorld) -> None:
    lost = world.root.user_certificate(upn=ANNA)
    before = world.client.get(world.root.crl_url).content
    world.root.revoke(lost.serial, LOST)
    after = world.client.get(world.root.crl_url).content

    assert not world.listed(lost.der, before).ok
    assert world.listed(lost.der, after).says == "Key Compromise"
    assert world.verdict(after).ok
    assert number(x509.load_der_x509_crl(after)) > number(x509.load_der_x509_crl(before))


def test_without_a_revocation_the_list_stays_as_it_is(world: CaWorld) -> None:
    first = world.client.get(world.root.crl_url)
    world.wait(HOUR)

    assert world.client.get(world.root.crl_url).content == first.content
    assert first.headers["Content-Type"] == "application/pkix-crl"


def test_half_way_through_its_life_a_list_is_made_anew(world: CaWorld) -> None:
    first = world.crl(world.root)
    world.wait(4 * DAY)
    second = world.crl(world.root)

    assert number(second) > number(first)
    assert second.last_update_utc == world.now


def test_where_there_are_deltas_a_revocation_goes_into_the_next_one(world: CaWorld) -> None:
    lost = int(world.issuing.user_certificate(upn=ANNA).serial, 16)
    world.issuing.revoke(lost, LOST)
    crl, delta = world.crl(world.issuing), world.delta(world.issuing)

    assert crl.get_revoked_certificate_by_serial_number(lost) is None
    assert delta.get_revoked_certificate_by_serial_number(lost) is not None
    assert base(delta) == number(crl) < number(delta)

    world.issuing.publish()

    assert world.crl(world.issuing).get_revoked_certificate_by_serial_number(lost) is not None
    assert list(world.delta(world.issuing)) == []


def test_openssl_understands_a_delta_that_takes_a_hold_away(world: CaWorld) -> None:
    world.root = world.authorities.root("root-with-deltas", has_delta=True)
    leaf = world.root.user_certificate(upn=ANNA)
    world.root.revoke(leaf.serial, HOLD)
    world.root.publish()
    held = world.client.get(world.root.crl_url).content
    nothing_new = world.client.get(world.root.delta_url).content
    world.root.reinstate(leaf.serial)
    freed = world.client.get(world.root.delta_url).content

    assert world.listed(leaf.der, held, nothing_new).ok
    assert not world.listed(leaf.der, held, freed).ok


def test_only_what_is_on_hold_comes_back(world: CaWorld) -> None:
    world.root.revoke("0A", LOST)

    with pytest.raises(LookupError, match="A is not on hold"):
        world.root.reinstate("0A")


@pytest.mark.parametrize("name", ["contoso-root", "Contoso", "a/b", "root-delta", ""])
def test_a_name_is_free_and_fit_for_an_address(world: CaWorld, name: str) -> None:
    with pytest.raises(ValueError, match="is taken, or cannot be in an address"):
        world.authorities.root(name)


@pytest.mark.parametrize("path", ["/", "/crl/nobody.crl", "/crl/contoso-root-delta.crl"])
def test_there_is_nothing_where_no_list_was_promised(world: CaWorld, path: str) -> None:
    assert world.client.get(world.authorities.base_url + path).status_code == 404
    assert world.root.delta_url == ""


def test_lists_are_read_only_and_each_request_is_counted(world: CaWorld) -> None:
    refused = world.client.post(world.root.crl_url)
    world.client.get(world.root.crl_url)

    assert refused.status_code == 405
    assert world.authorities.requests[world.root.crl_path] == 2
    assert world.authorities.requests[world.issuing.crl_path] == 0
    assert world.authorities.named("contoso-root") is world.root
