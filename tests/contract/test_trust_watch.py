"""The daily watch, from Graph's stores and a company's servers to the topic, over real tables."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from infra.local.simulators.certificate_authority import CrlMode
from shared.errors import NotPermitted
from tests.contract.trust_client_world import TO_READ
from tests.contract.trust_watch_surroundings import Surroundings, surroundings

DAY = timedelta(days=1)


@pytest.fixture
def world(storage: str) -> Iterator[Surroundings]:
    """Return a tenant that trusts nobody yet."""
    with surroundings(storage) as made:
        made.graph.roles = TO_READ
        yield made


def test_authorities_in_order_are_no_news(world: Surroundings) -> None:
    """With a delta; over a month of daily runs, in which the lists are made anew."""
    root = world.authorities.root("contoso-root")
    issuing = world.authorities.intermediate("contoso-issuing", root, has_delta=True)
    world.trust(root)
    world.trust(issuing, is_root=False)
    issuing.revoke(issuing.user_certificate(upn="adele@contoso.com").serial)
    for _ in range(30):
        world.looks(after=DAY)
    assert world.told == []
    assert world.authorities.requests[issuing.delta_path] == 30


@pytest.mark.parametrize(
    ("mode", "kind", "which"),
    [
        (CrlMode.WRONG_SIGNER, "crl_stale", ("stale", "wrong_signature")),
        (CrlMode.WRONG_ISSUER, "crl_stale", ("stale", "wrong_issuer")),
        (CrlMode.NOT_YET_VALID, "crl_stale", ("stale", "not_yet_valid")),
        (CrlMode.NUMBER_BACK, "crl_stale", ("stale", "number_went_back")),
        (CrlMode.UNREADABLE, "crl_stale", ("stale", "unreadable")),
        (CrlMode.REDIRECTING, "crl_unreachable", ("unreachable", "redirects")),
        (CrlMode.NOT_FOUND, "crl_unreachable", ("unreachable", "unreachable")),
        (CrlMode.BROKEN, "crl_unreachable", ("unreachable", "unreachable")),
        (CrlMode.CUT_OFF, "crl_unreachable", ("unreachable", "unreachable")),
    ],
)
def test_each_trouble_is_told_once_and_that_it_is_over(
    world: Surroundings, mode: CrlMode, kind: str, which: tuple[str, ...]
) -> None:
    """Where a failure may pass, at the second look."""
    root = world.authorities.root("contoso-root")
    world.trust(root)
    world.looks()
    root.crl_mode = mode
    for _ in range(3):
        world.looks(after=DAY / 2)
    assert world.told == [(kind, "contoso-root", *which)]
    root.crl_mode = CrlMode.RIGHT
    world.looks(after=DAY / 2)
    world.looks(after=DAY / 2)
    assert world.told[1:] == [("crl_fresh", "contoso-root", "in_order")]
    assert len(world.topic.events) == 2


@pytest.mark.parametrize(("mode", "stage"), [(CrlMode.DUE, "due"), (CrlMode.STALE, "stale")])
def test_list_is_told_of_once_and_the_next_one_anew(
    world: Surroundings, mode: CrlMode, stage: str
) -> None:
    """Told apart by when the next is to come."""
    root = world.authorities.root("contoso-root")
    world.trust(root)
    root.crl_mode = mode
    world.looks()
    world.looks()
    assert world.told == [("crl_stale", "contoso-root", stage, stage)]
    world.looks(after=DAY)
    assert len(world.told) == len(world.topic.events) == 2
    root.crl_mode = CrlMode.RIGHT
    world.looks()
    assert world.told[2:] == [("crl_fresh", "contoso-root", "in_order")]


@pytest.mark.parametrize("mode", [CrlMode.PEM, CrlMode.NO_NUMBER, CrlMode.NO_KEY_ID])
def test_advice_is_the_doctors_business(world: Surroundings, mode: CrlMode) -> None:
    """Nobody is called at night for it."""
    root = world.authorities.root("contoso-root")
    world.trust(root)
    root.crl_mode = mode
    world.looks()
    assert world.told == []


def test_server_in_our_own_network_is_not_asked_unless_that_is_allowed(
    world: Surroundings,
) -> None:
    """Whoever may write to the store cannot make us call what only we can reach."""
    root = world.authorities.root("contoso-root")
    world.trust(root)
    assert world.watch(private_hosts=frozenset()).look([world.app]) == []
    assert world.told == [("crl_unreachable", "contoso-root", "unreachable", "not_public")]
    assert world.authorities.requests[root.crl_path] == 0


def test_authority_comes_to_its_end_and_is_replaced(world: Surroundings) -> None:
    """It is in both stores, and announced once; its successor is no news."""
    old = world.authorities.root("contoso-root", lasts=100 * DAY)
    world.trust(old)
    world.graph.graph.classic.add(world.graph.tenant, old.der, is_root=True, crl_url=old.crl_url)
    for _ in range(20):
        world.looks(after=5 * DAY)
    stages = ["90", "60", "30", "14", "7", "3", "1", "0"]
    assert world.told == [
        *(("ca_expiring", "contoso-root", stage) for stage in stages),
        ("ca_expired", "contoso-root", "expired"),
    ]
    subjects = {event["subject"] for event in world.topic.events}
    (authority,) = world.graph.trust.authorities()
    assert subjects == {f"tenants/{world.graph.tenant}/authorities/{authority.thumbprint[:8]}"}

    world.trust(world.authorities.root("contoso-root-2"))
    world.graph.roles = (*TO_READ, "PublicKeyInfrastructure.ReadWrite.All")
    world.graph.roles += ("Organization.ReadWrite.All",)
    world.graph.trust.remove_authority(authority)
    world.looks(after=DAY)
    assert len(world.told) == 9  # the classic store still has it
    world.graph.trust.replace_classic(())
    world.looks(after=DAY)
    assert world.told[9:] == [("ca_removed", "contoso-root")]


def test_permission_that_is_missing_is_named_and_the_rest_is_looked_at(
    world: Surroundings,
) -> None:
    """The classic store takes another one."""
    seen = world.authorities.root("classic-root")
    world.graph.graph.classic.add(world.graph.tenant, seen.der, is_root=True, crl_url=seen.crl_url)
    world.trust(world.authorities.root("contoso-root"))
    world.graph.roles = tuple(each for each in TO_READ if not each.startswith("PublicKey"))
    seen.crl_mode = CrlMode.STALE
    (failure,) = world.watch().look([world.app])
    assert isinstance(failure, NotPermitted)
    assert "PublicKeyInfrastructure.Read.All" in str(failure)
    assert [each[0] for each in world.told] == ["crl_stale"]


def test_workers_at_once_tell_the_same_under_the_same_id(world: Surroundings) -> None:
    """Over the same tables; what is noted then is one of their notes, and whole."""
    names = [f"root-{number}" for number in range(6)]
    for name in names:
        root = world.authorities.root(name, lasts=20 * DAY)
        world.trust(root)
        root.crl_mode = CrlMode.STALE
    watches = [world.watch() for _ in range(3)]
    with ThreadPoolExecutor(len(watches)) as pool:
        assert list(pool.map(lambda each: each.look([world.app]), watches)) == [[], [], []]
    expected: set[tuple[str, ...]] = {("ca_expiring", name, "30") for name in names}
    expected |= {("crl_stale", name, "stale", "stale") for name in names}
    assert (set(world.told), len(world.told)) == (expected, len(expected))
    before = len(world.topic.events)
    world.looks()
    assert len(world.topic.events) == before
