"""Graph's log of sign-ins: who came, how, and what became of it."""

from datetime import timedelta
from typing import Any

import pytest

from tests.contract.graph_certificates import NOON
from tests.contract.graph_world import World, refused

READ = "AuditLog.Read.All"
LOG = "/auditLogs/signIns"
BETA = "https://graph.microsoft.com/beta/auditLogs/signIns"
ADELE, LEE = "Adele@contoso.example", "lee@contoso.example"


@pytest.fixture
def world() -> World:
    return World()


def found(world: World, query: str = "", path: str = LOG) -> list[dict[str, Any]]:
    answer = world.call("GET", f"{path}{query}", READ)
    assert answer.status_code == 200, answer.text
    value: list[dict[str, Any]] = answer.json()["value"]
    return value


def test_a_failed_sign_in_says_why_and_by_what_client(world: World) -> None:
    reason = "Certificate has been revoked."
    world.graph.sign_ins.add(world.tenant, ADELE, error_code=500172, failure_reason=reason)

    [one] = found(world)

    assert one["status"]["errorCode"] == 500172
    assert one["status"]["failureReason"] == reason
    assert one["clientAppUsed"] == "Exchange ActiveSync"
    assert one["appDisplayName"] == "Office 365 Exchange Online"
    assert (one["userPrincipalName"], one["createdDateTime"]) == (
        "adele@contoso.example",
        "2026-05-04T12:00:00Z",
    )


def test_only_beta_tells_by_what_method(world: World) -> None:
    world.graph.sign_ins.add(world.tenant, ADELE)
    world.graph.sign_ins.add(world.tenant, LEE, method=None)

    by_name = {one["userPrincipalName"]: one for one in found(world, path=BETA)}

    [step] = by_name[ADELE.lower()]["authenticationDetails"]
    assert (step["authenticationMethod"], step["succeeded"]) == ("X.509 Certificate", True)
    assert by_name[LEE]["authenticationDetails"] == []
    assert not any("authenticationDetails" in one for one in found(world))
    selected = world.call("GET", f"{LOG}?$select=authenticationDetails", READ)
    assert refused(selected) == (400, "BadRequest")


def test_no_other_path_of_beta_is_here(world: World) -> None:
    other = world.call("GET", "https://graph.microsoft.com/beta/users", "User.Read.All")

    assert refused(other) == (400, "BadRequest")


def test_sign_ins_are_found_by_user_time_and_outcome(world: World) -> None:
    log = world.graph.sign_ins
    old = log.add(world.tenant, ADELE, user_id="u-1", created=NOON - timedelta(days=2))
    new = log.add(world.tenant, ADELE, user_id="u-1", error_code=50126)
    lee = log.add(world.tenant, LEE, created=NOON - timedelta(hours=1), client_app_used="Browser")

    def ids(query: str) -> list[str]:
        return [one["id"] for one in found(world, f"?{query}")]

    assert ids("") == [new.sign_in_id, lee.sign_in_id, old.sign_in_id]
    since = "createdDateTime ge 2026-05-04T00:00:00Z"
    assert ids(f"$filter=userId eq 'u-1' and {since}") == [new.sign_in_id]
    assert ids("$filter=createdDateTime le 2026-05-03T12:00:00Z") == [old.sign_in_id]
    assert ids(f"$filter=userPrincipalName eq '{LEE}'") == [lee.sign_in_id]
    assert ids("$filter=startsWith(userPrincipalName,'adele')&$top=1") == [new.sign_in_id]
    assert ids("$filter=status/errorCode eq 50126") == [new.sign_in_id]
    assert ids("$filter=clientAppUsed eq 'Browser'") == [lee.sign_in_id]
    assert ids("$orderby=createdDateTime") == [old.sign_in_id, lee.sign_in_id, new.sign_in_id]
    assert ids("$orderby=createdDateTime desc&$top=1") == [new.sign_in_id]


def test_names_are_in_lower_case_and_found_so_only(world: World) -> None:
    world.graph.sign_ins.add(world.tenant, ADELE)

    assert found(world, f"?$filter=userPrincipalName eq '{ADELE}'") == []
    assert len(found(world, f"?$filter=userPrincipalName eq '{ADELE.lower()}'")) == 1


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("$filter=deviceDetail eq 'x'", "Request_UnsupportedQuery"),
        ("$filter=createdDateTime ge '2026-05-04T00:00:00Z'", "BadRequest"),
        ("$filter=userId eq u-1", "BadRequest"),
        ("$filter=status/errorCode ge 1", "Request_UnsupportedQuery"),
        ("$orderby=userId", "Request_UnsupportedQuery"),
        ("$top=1001", "Request_BadRequest"),
        ("$expand=status", "Request_UnsupportedQuery"),
    ],
)
def test_queries_that_cannot_be_answered_are_refused(world: World, query: str, code: str) -> None:
    assert refused(world.call("GET", f"{LOG}?{query}", READ)) == (400, code)


def test_the_log_comes_in_pages(world: World) -> None:
    for minutes in range(5):
        world.graph.sign_ins.add(world.tenant, LEE, created=NOON - timedelta(minutes=minutes))
    query = f"$filter=userPrincipalName eq '{LEE}'&$top=2"
    for path in (LOG, BETA):
        link, sizes = f"{path}?{query}", []
        while link:
            page = world.call("GET", link, READ).json()
            sizes.append(len(page["value"]))
            link = page.get("@odata.nextLink", "")
        assert sizes == [2, 2, 1]


def test_a_sign_in_is_seen_late_and_forgotten_after_thirty_days(world: World) -> None:
    world.graph.sign_ins.delay = timedelta(minutes=5)
    world.graph.sign_ins.add(world.tenant, ADELE)

    seen = []
    for later in (timedelta(), timedelta(minutes=5), timedelta(days=30), timedelta(days=31)):
        world.clock.now = NOON + later
        seen.append(len(found(world)))

    assert seen == [0, 1, 1, 0]


def test_a_tenant_without_the_licence_reads_nothing(world: World) -> None:
    world.graph.sign_ins.unlicensed.add(world.tenant)

    for path in (LOG, BETA):
        answer = world.call("GET", path, READ)
        assert refused(answer) == (403, "Authentication_RequestFromNonPremiumTenantOrB2CTenant")


def test_reading_takes_its_permission_and_shows_one_tenant(world: World) -> None:
    world.graph.sign_ins.add(World().tenant, ADELE)

    assert found(world) == []
    assert refused(world.call("GET", LOG, "User.Read.All"))[0] == 403
    assert world.call("GET", LOG, "Directory.Read.All").status_code == 200


def test_ordered_failures_meet_both_versions(world: World) -> None:
    world.graph.fail_next(429, on="listSignIns", times=2, headers={"Retry-After": "3"})

    for path in (LOG, BETA):
        assert world.call("GET", path, READ).headers["Retry-After"] == "3"
    assert found(world) == []
