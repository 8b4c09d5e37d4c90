"""What our client changes in the simulated Graph stands there as it was ordered."""

from datetime import timedelta

import msgspec
import pytest

from shared.errors import NotFound, NotPermitted, Rejected
from shared.trust.authority import Store
from shared.trust.federation import PromptLogin
from shared.trust.method import (
    Binding,
    CertificateField,
    CertificateMethod,
    Mode,
    Rule,
    RuleKind,
    Target,
    UserProperty,
)
from tests.contract.graph_world import OWN_DOMAIN
from tests.contract.trust_client_world import (
    ADELE,
    CRL,
    DELTA,
    TrustWorld,
    ders,
    issuing,
    plain,
    root,
)

GROUP = "a5a5a5a5-1111-4222-8333-444444444444"
WANTED = CertificateMethod(
    is_enabled=True,
    bindings=(
        Binding(
            certificate_field=CertificateField.PRINCIPAL_NAME,
            user_property=UserProperty.CERTIFICATE_USER_IDS,
            priority=1,
        ),
        Binding(
            certificate_field=CertificateField.RFC822_NAME,
            user_property=UserProperty.UPN,
            priority=2,
        ),
    ),
    default_mode=Mode.MULTI_FACTOR,
    rules=(Rule(kind=RuleKind.POLICY, identifier="1.2.3.4", mode=Mode.SINGLE_FACTOR),),
    include=(Target(id=GROUP),),
    exclude=(),
)


@pytest.fixture
def world() -> TrustWorld:
    """Return a tenant of its own, and a client that may do everything."""
    return TrustWorld()


def test_first_authority_gets_a_container_and_the_next_one_the_same(world: TrustWorld) -> None:
    world.trust.add_authority(root())
    world.trust.add_authority(issuing(delta_crl_url=DELTA))
    first, second = sorted(world.trust.authorities(), key=lambda each: each.is_root, reverse=True)
    assert (plain(first), plain(second)) == (root(), issuing(delta_crl_url=DELTA))
    assert first.container_id == second.container_id
    assert world.writes == ["POST", "POST", "POST"]


def test_authority_is_added_once_however_often_it_is_ordered(world: TrustWorld) -> None:
    for _ in range(3):
        world.trust.add_authority(root())
    assert len(world.trust.authorities()) == 1


def test_authority_without_a_name_and_addresses_is_added(world: TrustWorld) -> None:
    world.trust.add_authority(root(name="", crl_url=""))
    (found,) = world.trust.authorities()
    assert (found.certificate, found.crl_url, found.delta_crl_url) == (ders()[0], "", "")


def test_removed_authority_is_brought_back_with_the_addresses_of_the_order(
    world: TrustWorld,
) -> None:
    """Under the id it had."""
    world.trust.add_authority(root(delta_crl_url=DELTA))
    (before,) = world.trust.authorities()
    world.trust.remove_authority(root())
    assert world.trust.authorities() == ()
    world.trust.add_authority(root())
    (after,) = world.trust.authorities()
    assert (plain(after), after.authority_id) == (root(), before.authority_id)
    assert world.graph.count("restoreDeletedItem") == 1


def test_authority_whose_container_went_with_it_is_made_anew(world: TrustWorld) -> None:
    world.trust.add_authority(root())
    (before,) = world.trust.authorities()
    world.trust.remove_authority(before)
    containers = "/directory/publicKeyInfrastructure/certificateBasedAuthConfigurations"
    path = f"{containers}/{before.container_id}"
    gone = world.call("DELETE", path, "PublicKeyInfrastructure.ReadWrite.All")
    assert gone.status_code == 204
    world.trust.add_authority(before)
    (after,) = world.trust.authorities()
    assert plain(after) == root()
    assert after.container_id != before.container_id


def test_what_is_gone_can_be_removed(world: TrustWorld) -> None:
    world.trust.remove_authority(root())
    world.trust.add_authority(root())
    for _ in range(2):
        world.trust.remove_authority(root())
    assert world.writes.count("DELETE") == 1


def test_addresses_are_set_of_one_authority_alone(world: TrustWorld) -> None:
    world.trust.add_authority(root())
    world.trust.add_authority(issuing())
    for _ in range(2):
        world.trust.set_crl(issuing(), "http://new.example/i.crl", DELTA)
    world.trust.set_crl(root(), "", "")
    found = {each.is_root: plain(each) for each in world.trust.authorities()}
    assert found[True] == root(crl_url="")
    assert found[False] == issuing(crl_url="http://new.example/i.crl", delta_crl_url=DELTA)
    assert world.writes.count("PATCH") == 2
    with pytest.raises(NotFound):
        world.trust.set_crl(root(certificate=ders()[2]), CRL, "")


def test_address_that_graph_does_not_take_is_rejected(world: TrustWorld) -> None:
    world.trust.add_authority(root())
    with pytest.raises(Rejected):
        world.trust.set_crl(root(), "ldap://crl.contoso.example/ca.crl", "")
    assert [plain(each) for each in world.trust.authorities()] == [root()]


def test_classic_store_is_replaced(world: TrustWorld) -> None:
    first, second = root(store=Store.CLASSIC, name=""), issuing(store=Store.CLASSIC)
    for wanted in ([first], [first, second], [second], [], [], [first]):
        world.trust.replace_classic(wanted)
        found = world.trust.classic_authorities()
        assert [each.certificate for each in found] == [each.certificate for each in wanted]
        assert [each.is_root for each in found] == [each.is_root for each in wanted]
        assert [each.crl_url for each in found] == [each.crl_url for each in wanted]
    assert world.writes == ["POST", "DELETE", "POST", "DELETE", "POST", "DELETE", "POST"]


def test_classic_store_holds_again_what_it_did_if_the_new_ones_are_refused(
    world: TrustWorld,
) -> None:
    """Graph does not take what is no certificate, and has deleted what was there by then."""
    before = [root(store=Store.CLASSIC, name="")]
    world.trust.replace_classic(before)
    with pytest.raises(Rejected, match="what was there is made again"):
        world.trust.replace_classic([root(store=Store.CLASSIC, certificate=b"none")])
    assert world.trust.classic_authorities() == tuple(before)


def test_method_is_set_and_reads_as_it_was_set(world: TrustWorld) -> None:
    world.trust.set_certificate_method(WANTED)
    found = world.trust.certificate_method()
    assert msgspec.structs.replace(found, requires_crl=None, unknown=()) == WANTED
    writes = len(world.writes)
    world.trust.set_certificate_method(found)
    assert len(world.writes) == writes


def test_method_that_is_changed_keeps_what_we_have_no_word_for(world: TrustWorld) -> None:
    binding = {
        "x509CertificateField": "PrincipalName",
        "userProperty": "certificateUserIds",
        "priority": 1,
        "trustAffinityLevel": "high",
    }
    scope = {
        "subjectKeyIdentifier": "aaaaaaaabbbbcccc111122222222222222333333",
        "publicKeyInfrastructureIdentifier": "Contoso PKI",
        "includeTargets": [{"id": GROUP, "targetType": "group"}],
    }
    world.graph.methods.put(
        world.tenant,
        state="enabled",
        certificateUserBindings=[binding],
        certificateAuthorityScopes=[scope],
        includeTargets=[{"targetType": "group", "id": GROUP, "isRegistrationRequired": True}],
    )
    standing = world.trust.certificate_method()
    assert "certificateAuthorityScopes" in standing.unknown
    wanted = msgspec.structs.replace(
        standing,
        bindings=(
            *standing.bindings,
            Binding(
                certificate_field=CertificateField.RFC822_NAME,
                user_property=UserProperty.UPN,
                priority=2,
            ),
        ),
        include=(*standing.include, Target(id="all_users")),
    )
    world.trust.set_certificate_method(wanted)
    shown = world.graph.methods.get(world.tenant)
    assert binding in shown["certificateUserBindings"]
    assert len(shown["certificateUserBindings"]) == 2
    assert shown["certificateAuthorityScopes"] == [scope]
    registered = {each["id"]: each["isRegistrationRequired"] for each in shown["includeTargets"]}
    assert registered == {GROUP: True, "all_users": False}
    assert world.trust.certificate_method() == wanted


def test_rule_of_a_kind_that_graph_has_learnt_lately_survives_a_change(world: TrustWorld) -> None:
    """Read without the right question it would be sent back as unknownFutureValue."""
    rule = Rule(
        kind=RuleKind.ISSUER_AND_POLICY, identifier="CN=a,O=b;1.2.3", mode=Mode.MULTI_FACTOR
    )
    world.trust.set_certificate_method(msgspec.structs.replace(WANTED, rules=(rule,)))
    world.trust.set_certificate_method(
        msgspec.structs.replace(world.trust.certificate_method(), default_mode=Mode.SINGLE_FACTOR)
    )
    assert world.trust.certificate_method().rules == (rule,)


def test_bindings_with_one_priority_are_rejected(world: TrustWorld) -> None:
    first, second = WANTED.bindings
    same = (first, msgspec.structs.replace(second, priority=1))
    with pytest.raises(Rejected):
        world.trust.set_certificate_method(msgspec.structs.replace(WANTED, bindings=same))


def test_behaviour_of_a_federated_domain_is_set_and_unset(world: TrustWorld) -> None:
    world.graph.domains.federate(world.tenant, OWN_DOMAIN)
    for behavior in (PromptLogin.DISABLED, PromptLogin.NATIVE, PromptLogin.TRANSLATE, None):
        for _ in range(2):
            world.trust.set_prompt_login(OWN_DOMAIN, behavior)
        (found,) = [each for each in world.trust.domains() if each.is_federated]
        assert found.federation
        assert found.federation.prompt_login is behavior
    assert world.writes == ["PATCH"] * 4


def test_domain_that_is_not_federated_has_no_behaviour(world: TrustWorld) -> None:
    for name in (OWN_DOMAIN, "nobody.example"):
        with pytest.raises(NotFound):
            world.trust.set_prompt_login(name, PromptLogin.DISABLED)


def test_sessions_that_are_revoked_count_from_now_on(world: TrustWorld) -> None:
    user_id = world.user()
    before = world.trust.account(user_id).sessions_valid_from
    world.clock.now += timedelta(hours=1)
    world.trust.revoke_sessions(user_id)
    after = world.trust.account(user_id).sessions_valid_from
    assert before
    assert after
    assert before < after <= world.clock()


def test_account_is_disabled_and_enabled(world: TrustWorld) -> None:
    user_id = world.user()
    for enabled in (False, False, True):
        world.trust.set_enabled(user_id, enabled=enabled)
        assert world.trust.account(ADELE).is_enabled is enabled


def test_account_that_is_managed_on_premises_is_not_ours_to_disable(world: TrustWorld) -> None:
    world.graph.users.refuses_synced = True
    user_id = world.user(onPremisesSyncEnabled=True)
    with pytest.raises(Rejected, match="Active Directory"):
        world.trust.set_enabled(user_id, enabled=False)
    assert world.trust.account(user_id).is_enabled


def test_account_of_an_administrator_takes_a_directory_role(world: TrustWorld) -> None:
    user_id = world.user()
    world.graph.users.promote(user_id)
    with pytest.raises(NotPermitted, match="directory role"):
        world.trust.set_enabled(user_id, enabled=False)


def test_unknown_users_are_not_found(world: TrustWorld) -> None:
    with pytest.raises(NotFound):
        world.trust.revoke_sessions(GROUP)
    with pytest.raises(NotFound):
        world.trust.set_enabled(GROUP, enabled=False)
