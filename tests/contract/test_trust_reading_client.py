"""What our client reads in the simulated Graph is what stands there."""

from datetime import timedelta

import pytest

from shared.errors import NotFound, NotPermitted
from shared.trust.account import Account, SignIn
from shared.trust.authority import Authority, Store
from shared.trust.federation import Domain, Federation, PromptLogin
from shared.trust.method import (
    Binding,
    CertificateField,
    Mode,
    Rule,
    RuleKind,
    Target,
    UserProperty,
)
from tests.contract.graph_world import OWN_DOMAIN
from tests.contract.trust_client_world import (
    ADELE,
    ALL,
    CRL,
    DELTA,
    TO_READ,
    TrustWorld,
    ders,
    issuing,
    plain,
    root,
)


@pytest.fixture
def world() -> TrustWorld:
    """Return a tenant of its own; to read takes no more than the permissions to read."""
    world = TrustWorld()
    world.roles = TO_READ
    return world


def test_authorities_of_all_containers_are_read(world: TrustWorld) -> None:
    first = world.graph.trust.pki(world.tenant, name="Contoso PKI")
    second = world.graph.trust.pki(world.tenant, name="Fabrikam PKI")
    world.graph.trust.add(first, ders()[0], is_root=True, name="Contoso root", crl_url=CRL)
    world.graph.trust.add(
        second,
        ders()[1],
        is_root=False,
        name="Contoso issuing",
        crl_url=CRL,
        delta_crl_url=DELTA,
    )
    found = world.trust.authorities()
    assert sorted(map(plain, found), key=lambda each: each.name) == [
        issuing(delta_crl_url=DELTA),
        root(),
    ]
    assert len({each.container_id for each in found}) == 2
    assert all(each.authority_id for each in found)


def test_tenant_that_trusts_nobody_has_empty_stores(world: TrustWorld) -> None:
    assert world.trust.authorities() == ()
    assert world.trust.classic_authorities() == ()


def test_classic_store_is_read(world: TrustWorld) -> None:
    world.graph.classic.add(world.tenant, ders()[0], is_root=True, crl_url=CRL)
    world.graph.classic.add(world.tenant, ders()[1], is_root=False, delta_crl_url=DELTA)
    found = world.trust.classic_authorities()
    below = Authority(
        store=Store.CLASSIC, certificate=ders()[1], is_root=False, delta_crl_url=DELTA
    )
    assert found == (root(store=Store.CLASSIC, name=""), below)


def test_method_is_read_with_a_kind_of_rule_that_graph_has_learnt_lately(
    world: TrustWorld,
) -> None:
    """It is told by its name only to those who ask for such names."""
    world.graph.methods.put(
        world.tenant,
        state="enabled",
        certificateUserBindings=[
            {
                "x509CertificateField": "RFC822Name",
                "userProperty": "userPrincipalName",
                "priority": 1,
            }
        ],
        authenticationModeConfiguration={
            "x509CertificateAuthenticationDefaultMode": "x509CertificateMultiFactor",
            "rules": [
                {
                    "x509CertificateRuleType": "issuerSubjectAndPolicyOID",
                    "identifier": "any",
                    "issuerSubjectIdentifier": "CN=contoso-issuing",
                    "policyOidIdentifier": "1.2.3.4",
                    "x509CertificateAuthenticationMode": "x509CertificateMultiFactor",
                }
            ],
        },
    )
    found = world.trust.certificate_method()
    assert found.is_enabled
    assert found.bindings == (
        Binding(
            certificate_field=CertificateField.RFC822_NAME,
            user_property=UserProperty.UPN,
            priority=1,
        ),
    )
    assert found.default_mode is Mode.MULTI_FACTOR
    assert found.rules == (
        Rule(
            kind=RuleKind.ISSUER_AND_POLICY,
            identifier="CN=contoso-issuing;1.2.3.4",
            mode=Mode.MULTI_FACTOR,
        ),
    )
    assert found.include == (Target(id="all_users"),)


def test_method_that_was_never_set_is_off(world: TrustWorld) -> None:
    world.graph.methods.reset(world.tenant)
    found = world.trust.certificate_method()
    assert (found.is_enabled, found.exclude, found.unknown) == (False, (), ())
    assert found.bindings


def test_domains_are_read_with_how_they_are_federated(world: TrustWorld) -> None:
    world.graph.domains.federate(world.tenant, OWN_DOMAIN, prompt_login_behavior="nativeSupport")
    managed, federated = sorted(world.trust.domains(), key=lambda each: each.is_federated)
    assert (federated.name, federated.is_federated) == (OWN_DOMAIN, True)
    assert federated.federation
    assert federated.federation.prompt_login is PromptLogin.NATIVE
    assert managed == Domain(name=managed.name, is_federated=False, is_verified=True)


def test_federation_of_which_nobody_has_set_the_behaviour_has_none(world: TrustWorld) -> None:
    world.graph.domains.federate(world.tenant, OWN_DOMAIN)
    found = next(each for each in world.trust.domains() if each.is_federated)
    assert isinstance(found.federation, Federation)
    assert (found.federation.prompt_login, found.federation.unknown_prompt_login) == (None, "")


def test_account_is_read_by_upn_and_by_id(world: TrustWorld) -> None:
    user_id = world.user(
        proxyAddresses=["SMTP:Adele.Vance@contoso.example", "smtp:av@contoso.example"],
        onPremisesUserPrincipalName="adele@corp.local",
        authorizationInfo={"certificateUserIds": ["X509:<PN>adele@corp.local"]},
        mail="adele.vance@contoso.example",
    )
    found = world.trust.account(ADELE)
    assert found == world.trust.account(user_id)
    assert found.sessions_valid_from
    assert found == Account(
        directory_id=user_id,
        upn=ADELE,
        mail="adele.vance@contoso.example",
        on_premises_upn="adele@corp.local",
        certificate_user_ids=("X509:<PN>adele@corp.local",),
        addresses=("adele.vance@contoso.example", "av@contoso.example"),
        is_enabled=True,
        sessions_valid_from=found.sessions_valid_from,
    )


@pytest.mark.parametrize(
    "upn", ["guest_gmail.com#EXT#@contoso.example", "o'neil@contoso.example", "a%b@contoso.example"]
)
def test_account_with_an_odd_name_is_found(world: TrustWorld, upn: str) -> None:
    user_id = world.user(upn)
    assert world.trust.account(upn).directory_id == user_id


def test_unknown_account_is_not_found(world: TrustWorld) -> None:
    with pytest.raises(NotFound):
        world.trust.account("nobody@contoso.example")


def test_sign_ins_are_read_newest_first_and_of_one_user(world: TrustWorld) -> None:
    user_id, now = world.user(), world.clock()
    other = world.user("other@contoso.example")
    for user, upn, minutes, error, method in [
        (user_id, ADELE, 5, 500186, "X.509 Certificate"),
        (user_id, ADELE, 3, 0, "Password"),
        (user_id, ADELE, 90, 0, "X.509 Certificate"),
        (other, "other@contoso.example", 4, 0, "Password"),
    ]:
        world.graph.sign_ins.add(
            world.tenant,
            upn,
            user_id=user,
            created=now - timedelta(minutes=minutes),
            error_code=error,
            failure_reason="The certificate is revoked." if error else None,
            method=method,
        )
    world.clock.now += timedelta(hours=1)
    found = world.trust.sign_ins(user_id, now - timedelta(hours=1), 10)
    assert [(each.at, each.by_certificate, each.error_code) for each in found] == [
        (now - timedelta(minutes=3), False, 0),
        (now - timedelta(minutes=5), True, 500186),
    ]
    assert found[1].failure == "The certificate is revoked."
    assert found[0].client_app == "Exchange ActiveSync"
    assert world.trust.sign_ins(user_id, now - timedelta(hours=1), 1) == found[:1]
    assert isinstance(found[0], SignIn)


def test_log_of_a_tenant_without_licence_cannot_be_read(world: TrustWorld) -> None:
    user_id = world.user()
    world.graph.sign_ins.unlicensed.add(world.tenant)
    with pytest.raises(NotPermitted, match="P1 or P2"):
        world.trust.sign_ins(user_id, world.clock() - timedelta(hours=1), 10)


def test_permissions_are_those_that_the_token_carries(world: TrustWorld) -> None:
    assert world.trust.permissions() == set(TO_READ)
    world.roles = ALL
    assert world.trust.permissions() == set(ALL)
