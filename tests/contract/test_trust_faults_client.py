"""Our client for users' certificates while the simulated Graph misbehaves: nothing is lost."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest

from infra.local.simulators.graph import Moment
from shared.errors import Failure, NotPermitted, Retryable
from shared.trust.authority import Store
from shared.trust.federation import PromptLogin
from shared.trust.method import CertificateMethod, Target
from tests.contract.graph_world import OWN_DOMAIN
from tests.contract.trust_client_world import ADELE, ALL, CRL, TrustWorld, issuing, plain, root

OFF = CertificateMethod(is_enabled=False, include=(Target(id="all_users"),))
CLASSIC = root(store=Store.CLASSIC, name="")
CLASSIC_TOO = replace(CLASSIC, certificate=issuing().certificate, is_root=False)


@dataclass(frozen=True)
class Asked:
    """A call of ours, the call of Graph's that is in trouble, and the permissions it takes."""

    on: str
    call: Callable[[TrustWorld], object]
    needs: tuple[str, ...]
    so: Callable[[TrustWorld], object] = bool  # what is true once it is done


def held(world: TrustWorld) -> list[object]:
    """Return what the PKI store holds."""
    return [plain(each) for each in world.trust.authorities()]


def added(world: TrustWorld) -> bool:
    """Add the root, if Graph is ready for it."""
    try:
        world.trust.add_authority(root())
    except Retryable:
        return False
    return True


def prompt_login(world: TrustWorld) -> PromptLogin | None:
    """Return how the federated domain is set."""
    (found,) = [each.federation for each in world.trust.domains() if each.federation]
    return found.prompt_login


PKI, PKI_WRITE = "PublicKeyInfrastructure.Read.All", "PublicKeyInfrastructure.ReadWrite.All"
READS = [
    Asked("listPkis", lambda w: w.trust.authorities(), (PKI, PKI_WRITE)),
    Asked("listAuthorities", lambda w: w.trust.authorities(), (PKI, PKI_WRITE)),
    Asked(
        "listClassicStores",
        lambda w: w.trust.classic_authorities(),
        ("Organization.Read.All", "Organization.ReadWrite.All"),
    ),
    Asked(
        "getCertificateMethod",
        lambda w: w.trust.certificate_method(),
        ("Policy.Read.AuthenticationMethod", "Policy.ReadWrite.AuthenticationMethod"),
    ),
    Asked("listDomains", lambda w: w.trust.domains(), ("Domain.Read.All",)),
    Asked("listFederations", lambda w: w.trust.domains(), ()),  # whoever sees domains sees this
    Asked("getUser", lambda w: w.trust.account(ADELE), ("User.Read.All",)),
    Asked(
        "listSignIns",
        lambda w: w.trust.sign_ins(w.adele, w.clock() - timedelta(hours=1), 5),
        ("AuditLog.Read.All",),
    ),
]
WRITES = [
    Asked(
        "createAuthority",
        lambda w: w.trust.add_authority(issuing()),
        (PKI_WRITE,),
        lambda w: held(w) == [root(), issuing()],
    ),
    Asked(
        "deleteAuthority",
        lambda w: w.trust.remove_authority(root()),
        (PKI_WRITE,),
        lambda w: held(w) == [],
    ),
    Asked(
        "updateAuthority",
        lambda w: w.trust.set_crl(root(), "", CRL),
        (PKI_WRITE,),
        lambda w: held(w) == [root(crl_url="", delta_crl_url=CRL)],
    ),
    Asked(
        "deleteClassicStore",
        lambda w: w.trust.replace_classic([]),
        ("Organization.ReadWrite.All",),
        lambda w: w.trust.classic_authorities() == (),
    ),
    Asked(
        "createClassicStore",
        lambda w: w.trust.replace_classic([CLASSIC, CLASSIC_TOO]),
        ("Organization.ReadWrite.All",),
        lambda w: w.trust.classic_authorities() == (CLASSIC, CLASSIC_TOO),
    ),
    Asked(
        "updateCertificateMethod",
        lambda w: w.trust.set_certificate_method(OFF),
        ("Policy.ReadWrite.AuthenticationMethod",),
        lambda w: not w.trust.certificate_method().is_enabled,
    ),
    Asked(
        "updateFederation",
        lambda w: w.trust.set_prompt_login(OWN_DOMAIN, PromptLogin.DISABLED),
        ("Domain-InternalFederation.ReadWrite.All",),
        lambda w: prompt_login(w) is PromptLogin.DISABLED,
    ),
    Asked(
        "revokeSessions",
        lambda w: w.trust.revoke_sessions(w.adele),
        ("User.RevokeSessions.All",),
        lambda w: w.trust.account(ADELE).sessions_valid_from == w.clock(),
    ),
    Asked(
        "updateUser",
        lambda w: w.trust.set_enabled(w.adele, enabled=False),
        ("User.EnableDisableAccount.All",),
        lambda w: w.trust.account(ADELE).is_enabled is False,
    ),
]


def named(asked: Asked) -> str:
    """Return what the call is known by."""
    return asked.on


@pytest.fixture
def world() -> TrustWorld:
    """Return a tenant that has something of everything, an hour after it was set up."""
    world = TrustWorld()
    world.adele = world.user()
    world.trust.add_authority(root())
    world.trust.replace_classic([CLASSIC])
    world.graph.domains.federate(world.tenant, OWN_DOMAIN)
    world.clock.now += timedelta(hours=1)
    world.asked.clear()
    return world


def fails(world: TrustWorld, asked: Asked) -> Failure:
    """Return what the call fails with."""
    with pytest.raises(Failure) as failure:
        asked.call(world)
    return failure.value


@pytest.mark.parametrize("asked", [each for each in READS + WRITES if each.needs], ids=named)
def test_missing_permission_is_named(world: TrustWorld, asked: Asked) -> None:
    """The least one that would do."""
    world.roles = tuple(each for each in ALL if each not in asked.needs)
    failure = fails(world, asked)
    assert isinstance(failure, NotPermitted)
    assert asked.needs[0] in str(failure)
    world.roles = ALL
    asked.call(world)
    assert asked.so(world)


@pytest.mark.parametrize("asked", READS + WRITES, ids=named)
@pytest.mark.parametrize("moment", list(Moment))
def test_answer_that_does_not_come_is_asked_for_again(
    world: TrustWorld, asked: Asked, moment: Moment
) -> None:
    """Whether or not it was done, it is done in the end, and once."""
    world.graph.drop_next(on=asked.on, moment=moment)
    assert isinstance(fails(world, asked), Retryable)
    asked.call(world)
    assert asked.so(world)


@pytest.mark.parametrize("asked", READS + WRITES, ids=named)
@pytest.mark.parametrize("moment", list(Moment))
def test_busy_graph_is_asked_again(world: TrustWorld, asked: Asked, moment: Moment) -> None:
    """After the wait that it asks for."""
    world.graph.fail_next(429, on=asked.on, moment=moment, headers={"Retry-After": "7"})
    world.graph.fail_next(503, on=asked.on)
    first, second = fails(world, asked), fails(world, asked) if moment is Moment.BEFORE else None
    assert isinstance(first, Retryable)
    assert first.after == timedelta(seconds=7)
    assert second is None or isinstance(second, Retryable)


def test_container_whose_making_was_not_heard_of_is_not_made_twice() -> None:
    world = TrustWorld()
    world.graph.drop_next(on="createPki", moment=Moment.AFTER)
    with pytest.raises(Retryable):
        world.trust.add_authority(root())
    world.trust.add_authority(root())
    assert held(world) == [root()]
    assert world.graph.count("createPki") == 1


def test_authority_that_was_brought_back_without_our_hearing_of_it_gets_its_addresses(
    world: TrustWorld,
) -> None:
    world.trust.remove_authority(root())
    world.graph.drop_next(on="restoreDeletedItem", moment=Moment.AFTER)
    wanted = root(crl_url="http://new.example/ca.crl")
    with pytest.raises(Retryable):
        world.trust.add_authority(wanted)
    world.trust.add_authority(wanted)
    assert held(world) == [wanted]


def test_classic_store_that_was_emptied_is_filled_by_a_repeat(world: TrustWorld) -> None:
    """Its caller has kept what is wanted."""
    world.graph.drop_next(on="createClassicStore", moment=Moment.BEFORE)
    with pytest.raises(Retryable, match="holds nothing now"):
        world.trust.replace_classic([CLASSIC_TOO])
    assert world.trust.classic_authorities() == ()
    world.trust.replace_classic([CLASSIC_TOO])
    assert world.trust.classic_authorities() == (CLASSIC_TOO,)


def test_authority_that_is_not_shown_yet_is_not_trusted_twice() -> None:
    """New things are not to be seen at once, everywhere."""
    world = TrustWorld()
    world.graph.replication.reads = 3
    tried = 0
    while not added(world):
        tried += 1
        assert tried < 20
    assert tried
    world.graph.replication.reads = 0
    while not held(world):
        pass
    assert held(world) == [root()]
