"""What ends a user's access in Graph: sessions are revoked, accounts are disabled."""

from datetime import timedelta
from typing import Any

import httpx
import pytest

from infra.local.simulators.graph import Moment, User
from tests.contract.graph_certificates import NOON
from tests.contract.graph_world import World, refused

ADELE = "adele@contoso.example"
READ, REVOKE = "User.Read.All", "User.RevokeSessions.All"
SWITCH, WHOLE = "User.EnableDisableAccount.All", "User.ReadWrite.All"
BAD, MISSING = (400, "Request_BadRequest"), (404, "Request_ResourceNotFound")
DENIED = (403, "Authorization_RequestDenied")
TIME = "signInSessionsValidFromDateTime"
BEFORE, AFTER = "2026-05-04T12:00:00Z", "2026-05-04T13:00:00Z"


class Peopled(World):
    """The world of Graph's tests, with a user who has been there for an hour."""

    def __init__(self) -> None:
        super().__init__()
        self.adele = self.user(ADELE)
        self.clock.now = NOON + timedelta(hours=1)

    def user(self, name: str, **properties: Any) -> User:  # noqa: ANN401 -- as Graph names them
        """Add a user."""
        return self.graph.users.add(self.tenant, name, **properties)

    def revoke(self, name: str, role: str = REVOKE) -> httpx.Response:
        """Revoke a user's sessions."""
        return self.call("POST", f"/users/{name}/revokeSignInSessions", role)

    def switch(self, to: object, *roles: str, name: str = ADELE) -> httpx.Response:
        """Enable or disable an account."""
        body = {"accountEnabled": to}
        return self.call("PATCH", f"/users/{name}", *(roles or (SWITCH, READ)), body=body)

    def shown(self, select: str, name: str = ADELE) -> dict[str, Any]:
        """Return what a reader sees of a user."""
        answer = self.call("GET", f"/users/{name}?$select={select}", READ)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return {name: value for name, value in found.items() if "@odata" not in name}


@pytest.fixture
def world() -> Peopled:
    return Peopled()


def test_sessions_are_revoked_from_now_on(world: Peopled) -> None:
    assert world.shown(TIME) == {TIME: BEFORE}

    answer = world.revoke(ADELE)

    assert answer.status_code == 200
    assert answer.json() == {
        "@odata.context": "https://graph.microsoft.com/v1.0/$metadata#Edm.Boolean",
        "value": True,
    }
    assert world.shown(TIME) == {TIME: AFTER}
    world.clock.now += timedelta(minutes=5)
    assert world.revoke(world.adele.object_id).status_code == 200
    assert world.shown(TIME) == {TIME: "2026-05-04T13:05:00Z"}


def test_readers_see_the_time_only_if_they_ask_for_it(world: Peopled) -> None:
    plain = world.call("GET", f"/users/{ADELE}", READ).json()

    assert not {TIME, "accountEnabled", "proxyAddresses", "authorizationInfo"} & set(plain)


def test_the_news_of_a_revocation_takes_some_reads_to_spread(world: Peopled) -> None:
    world.graph.replication.reads = 2

    world.revoke(ADELE)

    assert [world.shown(TIME)[TIME] for _ in range(4)] == [BEFORE, BEFORE, AFTER, AFTER]
    listed = world.call("GET", f"/users?$select=id,{TIME}", READ).json()["value"]
    assert listed == [{"id": world.adele.object_id, TIME: AFTER}]


def test_a_guests_sessions_are_at_home(world: Peopled) -> None:
    world.user("guest@fabrikam.example", userType="Guest")
    before = world.shown(TIME, "guest@fabrikam.example")
    world.clock.now += timedelta(minutes=5)

    assert world.revoke("guest@fabrikam.example").json()["value"] is True

    assert world.shown(TIME, "guest@fabrikam.example") == before


def test_nobody_is_revoked_who_is_not_there(world: Peopled) -> None:
    world.graph.users.delete(world.adele.object_id)

    assert refused(world.revoke(ADELE)) == MISSING
    assert refused(world.switch(to=False)) == MISSING


@pytest.mark.parametrize(
    ("role", "status"),
    [(REVOKE, 200), (WHOLE, 200), ("Directory.ReadWrite.All", 200), (SWITCH, 403), (READ, 403)],
)
def test_revoking_takes_a_permission_of_its_own(world: Peopled, role: str, status: int) -> None:
    assert world.revoke(ADELE, role).status_code == status


def test_a_revocation_whose_answer_is_lost_has_happened(world: Peopled) -> None:
    world.graph.drop_next(on="revokeSessions", moment=Moment.AFTER)

    with pytest.raises(httpx.RemoteProtocolError):
        world.revoke(ADELE)

    assert world.shown(TIME) == {TIME: AFTER}


def test_an_account_is_disabled_and_enabled(world: Peopled) -> None:
    answer = world.switch(to=False)

    assert (answer.status_code, answer.content) == (204, b"")
    assert world.shown("accountEnabled") == {"accountEnabled": False}
    assert world.switch(to=False).status_code == 204
    assert world.switch(to=True).status_code == 204
    assert world.shown("accountEnabled") == {"accountEnabled": True}


@pytest.mark.parametrize(
    ("roles", "status"),
    [
        ((SWITCH, READ), 204),
        ((WHOLE,), 204),
        (("Directory.ReadWrite.All",), 204),
        ((SWITCH,), 403),
        ((READ,), 403),
        ((REVOKE, READ), 403),
    ],
    ids=str,
)
def test_disabling_takes_two_small_permissions_or_a_large_one(
    world: Peopled, roles: tuple[str, ...], status: int
) -> None:
    assert world.switch(False, *roles).status_code == status  # noqa: FBT003 -- the value sent


def test_only_whether_it_is_enabled_can_be_changed(world: Peopled) -> None:
    for wrong in ("false", None, 0):
        assert refused(world.switch(to=wrong)) == BAD
    for body in ({}, {"jobTitle": "x"}, {TIME: BEFORE, "accountEnabled": False}):
        path = f"/users/{ADELE}"
        assert refused(world.call("PATCH", path, SWITCH, READ, body=body)) == BAD
    assert world.shown("accountEnabled") == {"accountEnabled": True}


def test_an_administrator_is_disabled_only_by_who_stands_above(world: Peopled) -> None:
    world.graph.users.promote(world.adele.object_id)
    above = world.token(SWITCH, READ, wids=["7be44c8a-adaf-4e2a-84d6-ab2649e08a13"])
    body = {"accountEnabled": False}

    assert refused(world.switch(to=False)) == DENIED
    assert world.revoke(ADELE).status_code == 200
    assert world.call("PATCH", f"/users/{ADELE}", token=above, body=body).status_code == 204


def test_an_account_from_on_premises_is_refused_if_the_service_does_so(world: Peopled) -> None:
    world.graph.users.update(world.adele.object_id, onPremisesSyncEnabled=True)

    assert world.switch(to=False).status_code == 204
    world.graph.users.refuses_synced = True
    assert refused(world.switch(to=True)) == BAD
    assert world.shown("accountEnabled") == {"accountEnabled": False}


def test_what_certificates_are_bound_to_can_be_read(world: Peopled) -> None:
    ids = {"certificateUserIds": ["X509:<PN>lee@contoso.example", "X509:<SKI>AB12"]}
    world.user(
        "lee@contoso.example",
        authorizationInfo=ids,
        onPremisesUserPrincipalName="lee@contoso.local",
        proxyAddresses=["SMTP:lee@contoso.example", "smtp:l@contoso.example"],
    )
    select = "authorizationInfo,onPremisesUserPrincipalName,proxyAddresses"

    assert world.shown(select, "lee@contoso.example") == {
        "authorizationInfo": ids,
        "onPremisesUserPrincipalName": "lee@contoso.local",
        "proxyAddresses": ["SMTP:lee@contoso.example", "smtp:l@contoso.example"],
    }
    assert world.shown(select) == {
        "authorizationInfo": {"certificateUserIds": []},
        "onPremisesUserPrincipalName": None,
        "proxyAddresses": [],
    }
