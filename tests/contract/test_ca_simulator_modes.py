"""Each way in which a list may disappoint is what it is called, over real HTTP."""

import time
from collections.abc import Iterator

import httpx
import pytest
from cryptography import x509

from infra.local.serve import Server
from infra.local.simulators.certificate_authority import CrlMode
from tests.contract.ca_world import CaWorld, base, number

MB = 1_000_000
MIB = 1024 * 1024
KEY_ID = x509.AuthorityKeyIdentifier
FINE = (
    CrlMode.RIGHT,
    CrlMode.PEM,
    CrlMode.DUE,
    CrlMode.NO_NEXT_UPDATE,
    CrlMode.NO_NUMBER,
    CrlMode.NUMBER_BACK,
    CrlMode.NO_KEY_ID,
    CrlMode.OTHER_KIND,
    CrlMode.FOREIGN_BASE,
)
NOT_FINE = {
    CrlMode.STALE: "nextUpdate=",
    CrlMode.NOT_YET_VALID: "lastUpdate=",
    CrlMode.WRONG_SIGNER: "verify failure",
    CrlMode.WRONG_ISSUER: "Error getting CRL issuer certificate",
    CrlMode.TAMPERED: "verify failure",
    CrlMode.TRUNCATED: "Could not read CRL",
    CrlMode.UNREADABLE: "Could not read CRL",
    CrlMode.EMPTY: "Could not read CRL",
}
STATUS = {CrlMode.REDIRECTING: 302, CrlMode.NOT_FOUND: 404, CrlMode.BROKEN: 500}
LONG = (CrlMode.LARGE, CrlMode.HUGE, CrlMode.ENDLESS, CrlMode.ZIP_BOMB)
LATE = (CrlMode.SLOW, CrlMode.DRIPPING, CrlMode.CUT_OFF)


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


def test_every_mode_is_tried_here() -> None:
    assert {*FINE, *NOT_FINE, *STATUS, *LONG, *LATE} == set(CrlMode)


@pytest.mark.parametrize("mode", FINE)
def test_openssl_takes_a_list_that_is_signed_and_current(world: CaWorld, mode: CrlMode) -> None:
    world.root.crl_mode = mode

    assert world.verdict(world.client.get(world.root.crl_url).content).ok


@pytest.mark.parametrize("mode", NOT_FINE)
def test_openssl_refuses_a_list_that_is_not(world: CaWorld, mode: CrlMode) -> None:
    world.root.crl_mode = mode
    verdict = world.verdict(world.client.get(world.root.crl_url).content)

    assert not verdict.ok
    assert verdict.says.startswith(NOT_FINE[mode])


@pytest.mark.parametrize("mode", STATUS)
def test_an_address_may_answer_with_another_status(world: CaWorld, mode: CrlMode) -> None:
    world.root.crl_mode = mode

    assert world.client.get(world.root.crl_url).status_code == STATUS[mode]


def test_a_list_that_moved_is_right_where_it_is_now(world: CaWorld) -> None:
    world.root.crl_mode = CrlMode.REDIRECTING
    moved = world.client.get(world.root.crl_url, follow_redirects=True)

    assert moved.url.path == "/elsewhere/contoso-root.crl"
    assert world.verdict(moved.content).ok
    assert world.authorities.requests["/elsewhere/contoso-root.crl"] == 1


def test_lists_lack_what_their_mode_says(world: CaWorld) -> None:
    right = world.crl(world.root)
    world.root.crl_mode = CrlMode.NO_NEXT_UPDATE
    assert world.crl(world.root).next_update_utc is None
    for mode, extension in ((CrlMode.NO_NUMBER, x509.CRLNumber), (CrlMode.NO_KEY_ID, KEY_ID)):
        world.root.crl_mode = mode
        kinds = {type(each.value) for each in world.crl(world.root).extensions}
        assert {type(each.value) for each in right.extensions} - kinds == {extension}


def test_a_number_goes_back_and_a_life_runs_out(world: CaWorld) -> None:
    before = number(world.crl(world.root))
    world.root.crl_mode = CrlMode.NUMBER_BACK
    assert number(world.crl(world.root)) < before
    world.root.crl_mode = CrlMode.DUE
    due = world.crl(world.root)
    assert due.next_update_utc is not None
    spent = (world.now - due.last_update_utc) / (due.next_update_utc - due.last_update_utc)
    assert 0.85 < spent < 0.95


def test_a_delta_may_be_to_a_base_that_nobody_has_seen(world: CaWorld) -> None:
    world.issuing.crl_mode = world.issuing.delta_mode = CrlMode.FOREIGN_BASE
    delta = world.delta(world.issuing)

    assert number(world.crl(world.issuing)) < base(delta) <= number(delta)


def test_a_delta_and_a_list_may_change_places(world: CaWorld) -> None:
    world.issuing.crl_mode = world.issuing.delta_mode = CrlMode.OTHER_KIND

    assert base(world.crl(world.issuing))
    with pytest.raises(x509.ExtensionNotFound):
        base(world.delta(world.issuing))


@pytest.mark.parametrize(
    ("mode", "least", "most"),
    [(CrlMode.LARGE, 20 * MIB, 45 * MB), (CrlMode.HUGE, 45 * MIB, 50 * MB)],
)
def test_a_long_list_is_right_and_tells_its_length(
    world: CaWorld, mode: CrlMode, least: int, most: int
) -> None:
    world.root.revoke("0A")
    world.root.crl_mode = mode
    answer = world.client.get(world.root.crl_url)
    crl = x509.load_der_x509_crl(answer.content)

    assert least < len(answer.content) < most
    assert int(answer.headers["Content-Length"]) == len(answer.content)
    assert crl.is_signature_valid(world.root.key.public_key())
    assert crl.get_revoked_certificate_by_serial_number(0x0A) is not None


def test_an_endless_answer_does_not_tell_its_length(world: CaWorld) -> None:
    world.root.crl_mode = CrlMode.ENDLESS
    with world.client.stream("GET", world.root.crl_url) as answer:
        assert "Content-Length" not in answer.headers
        for _ in answer.iter_raw(MIB):
            if answer.num_bytes_downloaded > 46 * MIB:
                break

    assert answer.num_bytes_downloaded > 46 * MIB


def test_a_bomb_is_small_until_it_is_unpacked(world: CaWorld) -> None:
    world.root.crl_mode = CrlMode.ZIP_BOMB
    answer = world.client.get(world.root.crl_url)

    assert answer.num_bytes_downloaded < MIB
    assert len(answer.content) > 45 * MIB


def test_a_slow_list_comes_when_nobody_waits_for_it_any_longer(world: CaWorld) -> None:
    world.root.crl_mode, world.authorities.slow_seconds = CrlMode.SLOW, 60.0
    with pytest.raises(httpx.ReadTimeout):
        world.client.get(world.root.crl_url, timeout=0.1)

    world.authorities.let_go()

    assert world.verdict(world.client.get(world.root.crl_url).content).ok


def test_a_dripping_list_never_pauses_for_long(world: CaWorld) -> None:
    world.root.crl_mode, world.authorities.slow_seconds = CrlMode.DRIPPING, 1.0
    begun = time.monotonic()
    answer = world.client.get(world.root.crl_url, timeout=0.5)

    assert time.monotonic() - begun > 0.9
    assert world.verdict(answer.content).ok


def test_a_list_that_is_cut_off_is_shorter_than_it_said(world: CaWorld) -> None:
    world.root.crl_mode = CrlMode.CUT_OFF

    with pytest.raises(httpx.RemoteProtocolError):
        world.client.get(world.root.crl_url)
