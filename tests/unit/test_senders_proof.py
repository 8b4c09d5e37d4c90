"""Who sends is found out before anything else, and with as few questions as will do."""

from datetime import timedelta

import pytest

from shared.errors import Gone, Misconfigured, NotFound, Retryable, Unverified
from shared.mdm.call import Call
from tests.unit.builders import NOW
from tests.unit.sender_world import FakeSecrets, delivery, event, senders
from tests.unit.signing import OTHER_SECRET, SECRET, a_secret, signed

OTHERS = a_secret(OTHER_SECRET, "two")
MINE = a_secret(SECRET)


def test_secret_that_was_just_changed_is_read_again() -> None:
    """Before a delivery is refused, the vault is asked for the secret of this minute."""
    secrets = FakeSecrets(current=(OTHERS, MINE), remembered=(MINE,))
    told = senders(secrets).read("portal", delivery(event(), secret=OTHER_SECRET))
    assert [each.verified_by for each in told.reports] == ["portal-secret/two"]
    assert secrets.asked == [timedelta(minutes=5), timedelta()]


@pytest.mark.parametrize("current", [MINE, OTHERS])
def test_bad_signature_stays_bad_after_a_second_look(current: object) -> None:
    """Whether the secret has changed or not."""
    secrets = FakeSecrets(current=(current,))  # type: ignore[arg-type]  # parametrize hides it
    with pytest.raises(Unverified):
        senders(secrets).read("portal", delivery(event(), webhook_id="msg_2"))


def test_right_signature_costs_no_second_look() -> None:
    """The vault is asked only when a delivery would be refused."""
    secrets = FakeSecrets()
    senders(secrets).read("portal", delivery(event()))
    assert secrets.asked == [timedelta(minutes=5)]


STALE, AHEAD = (
    signed(event(), at=NOW + each) for each in (-timedelta(hours=1), timedelta(hours=1))
)
HOPELESS: dict[str, Call] = {
    "none": Call(method="POST", headers={}, query={}, body=event()),
    "no id": delivery(event(), webhook_id=""),
    "endless id": delivery(event(), webhook_id="x" * 257),
    "stale": Call(method="POST", headers=STALE, query={}, body=event()),
    "ahead": Call(method="POST", headers=AHEAD, query={}, body=event()),
    "no time": delivery(event(), webhook_timestamp="yesterday"),
    "no v1 signature": delivery(event(), webhook_signature="v2,AAAA"),
    "too many signatures": delivery(event(), webhook_signature="v1,AAAA " * 17),
}


@pytest.mark.parametrize("name", HOPELESS)
def test_what_cannot_be_right_does_not_reach_the_vault(name: str) -> None:
    """A stranger must not be able to make us ask it, nor see by our answer how it is."""
    secrets = FakeSecrets(down=Retryable("Key Vault is busy"))
    with pytest.raises(Unverified):
        senders(secrets).read("portal", HOPELESS[name])
    assert secrets.asked == []


def test_sender_that_is_not_expected_does_not_reach_the_vault() -> None:
    """There is no secret to ask for, or none any more."""
    secrets = FakeSecrets()
    with pytest.raises(NotFound):
        senders(secrets).read("nobody", delivery(event()))
    with pytest.raises(Gone):
        senders(secrets, retired=True).read("portal", delivery(event()))
    assert secrets.asked == []


@pytest.mark.parametrize("failure", [Retryable("Key Vault is busy"), Misconfigured("no secret")])
def test_secret_that_cannot_be_read_does_not_mean_unverified(failure: Exception) -> None:
    """'Cannot tell now' is not 'no'."""
    for body in (event(), b"{"):
        with pytest.raises(type(failure)):
            senders(FakeSecrets(down=failure)).read("portal", delivery(body))


def test_only_a_proved_body_is_read() -> None:
    """What a stranger writes meets no parser."""
    with pytest.raises(Unverified):
        senders().read("portal", delivery(b"{", secret=OTHER_SECRET))
