"""App management policies: a tenant may forbid long lifetimes and unknown issuers."""

from datetime import timedelta
from typing import Any

import httpx
import pytest

from infra.local.simulators.graph import Policy, Restriction
from tests.contract.graph_certificates import NOON, Certificate, a_key, key_credential
from tests.contract.graph_world import READ, WRITE, World, refused

AUTHORITY = Certificate(key=a_key(3), name="CN=authority")
IMPOSTOR = Certificate(key=a_key(4), name="CN=authority")
SHORT = Certificate(key=a_key(1), starts=NOON, ends=NOON + timedelta(days=30))
LONG = Certificate(key=a_key(1), starts=NOON, ends=NOON + timedelta(days=30, seconds=1))
THIRTY_DAYS = Restriction(kind="asymmetricKeyLifetime", max_lifetime="P30D")
TOO_LONG = (400, "CredentialInvalidLifetimeAsPerAppPolicy")
NOT_TRUSTED = (400, "CredentialTypeNotAllowedAsPerAppPolicy")


@pytest.fixture
def world() -> World:
    return World()


def patch(world: World, *entries: object) -> httpx.Response:
    return world.call("PATCH", world.path, WRITE, body={"keyCredentials": entries})


def test_a_certificate_may_last_as_long_as_the_tenant_allows(world: World) -> None:
    assert world.add_key(LONG).status_code == 200

    world.graph.policies.restrict(THIRTY_DAYS)

    refusal = world.add_key(LONG)
    assert refused(refusal) == TOO_LONG
    error = refusal.json()["error"]
    assert world.graph.policies.default.policy_id in error["message"]
    assert error["details"][0]["code"] == "InvalidKeyEndDate"
    assert world.add_key(SHORT).status_code == 200


def test_the_rule_meets_new_keys_in_a_list_and_spares_old_ones(world: World) -> None:
    """The key that is there lasts 90 days."""
    world.graph.policies.restrict(THIRTY_DAYS)
    old = {"keyId": world.key_id}

    assert refused(patch(world, old, key_credential(LONG))) == TOO_LONG
    assert len(world.registered()) == 1
    assert patch(world, old, key_credential(SHORT)).status_code == 204
    body = {"displayName": "new", "keyCredentials": [key_credential(LONG)]}
    assert refused(world.call("POST", "/applications", WRITE, body=body)) == TOO_LONG


def test_a_narrower_end_can_please_the_rule(world: World) -> None:
    world.graph.policies.restrict(THIRTY_DAYS)
    ends = (NOON + timedelta(days=30)).isoformat()

    assert patch(world, key_credential(LONG, endDateTime=ends)).status_code == 204


@pytest.mark.parametrize(
    ("duration", "days"),
    [("P1Y", 365), ("P1M", 30), ("P2W", 14), ("P1M1D", 31), ("PT48H", 2), ("P1DT24H", 2)],
)
def test_lifetimes_are_written_as_iso_8601_has_it(world: World, duration: str, days: int) -> None:
    world.graph.policies.restrict(Restriction(kind="asymmetricKeyLifetime", max_lifetime=duration))
    just = Certificate(key=a_key(1), starts=NOON, ends=NOON + timedelta(days=days))
    over = Certificate(key=a_key(1), starts=NOON, ends=just.ends + timedelta(seconds=1))

    assert patch(world, key_credential(just)).status_code == 204
    assert refused(patch(world, key_credential(over))) == TOO_LONG


@pytest.mark.parametrize("duration", [None, "", "P", "PT", "30 days"])
def test_a_rule_without_a_lifetime_cannot_be_made(duration: str | None) -> None:
    with pytest.raises(ValueError, match="not a duration"):
        Restriction(kind="asymmetricKeyLifetime", max_lifetime=duration)


def test_only_certificates_of_a_trusted_authority_are_taken(world: World) -> None:
    issued = Certificate(key=a_key(1), issuer=AUTHORITY)
    forged = Certificate(key=a_key(1), issuer=IMPOSTOR)
    trusted = Restriction(kind="trustedCertificateAuthority", authorities=(AUTHORITY.x509,))
    world.graph.policies.restrict(trusted)

    assert refused(world.add_key(Certificate(key=a_key(1)))) == NOT_TRUSTED
    assert refused(world.add_key(forged)) == NOT_TRUSTED
    assert refused(patch(world, key_credential(forged))) == NOT_TRUSTED
    assert world.add_key(issued).status_code == 200


def test_a_rule_can_rest_and_can_spare_older_applications(world: World) -> None:
    resting = Restriction(kind="asymmetricKeyLifetime", max_lifetime="P30D", enabled=False)
    newer = Restriction(
        kind="asymmetricKeyLifetime", max_lifetime="P30D", created_after=world.app.created
    )

    for rule in (resting, newer):
        world.graph.policies.restrict(rule)
        assert world.add_key(LONG).status_code == 200
    world.clock.now += timedelta(seconds=1)
    body = {"displayName": "new", "keyCredentials": [key_credential(LONG)]}
    assert refused(world.call("POST", "/applications", WRITE, body=body)) == TOO_LONG


def test_the_policy_of_one_application_stands_in_for_the_tenants(world: World) -> None:
    world.graph.policies.restrict(THIRTY_DAYS)
    world.graph.policies.assign(world.app.object_id, Policy(name="free"))
    assert world.add_key(LONG).status_code == 200

    world.graph.policies.assign(world.app.object_id, Policy(name="off", enabled=False))
    assert refused(world.add_key(LONG)) == TOO_LONG

    world.graph.policies.restrict()
    own = Policy(name="strict", restrictions=(THIRTY_DAYS,))
    world.graph.policies.assign(world.app.object_id, own)
    refusal = world.add_key(LONG)
    assert refused(refusal) == TOO_LONG
    assert own.policy_id in refusal.json()["error"]["message"]


def test_policies_can_be_read(world: World) -> None:
    def read(path: str) -> dict[str, Any]:
        answer: dict[str, Any] = world.call("GET", path, "Policy.Read.All").json()
        return answer

    default = "/policies/defaultAppManagementPolicy"
    assert read(default)["isEnabled"] is False
    own = Policy(
        name="own",
        restrictions=(
            Restriction(kind="trustedCertificateAuthority", authorities=(AUTHORITY.x509,)),
        ),
    )
    world.graph.policies.restrict(THIRTY_DAYS)
    world.graph.policies.assign(world.app.object_id, own)

    rules = read(default)["applicationRestrictions"]["keyCredentials"]
    assert rules == [
        {
            "restrictionType": "asymmetricKeyLifetime",
            "state": "enabled",
            "maxLifetime": "P30D",
            "restrictForAppsCreatedAfterDateTime": None,
        }
    ]
    listed = read("/policies/appManagementPolicies")["value"]
    assert [one["id"] for one in listed] == [own.policy_id]
    assert read(f"{world.path}/appManagementPolicies")["value"] == listed
    single = read(f"/policies/appManagementPolicies/{own.policy_id}")
    keys = single["restrictions"]["keyCredentials"]
    assert keys[0]["restrictionType"] == "trustedCertificateAuthority"
    assert len(keys[0]["certificateBasedApplicationConfigurationIds"]) == 1
    unknown = world.call("GET", "/policies/appManagementPolicies/none", "Policy.Read.All")
    assert refused(unknown)[0] == 404


def test_reading_policies_is_a_permission_of_its_own(world: World) -> None:
    answer = world.call("GET", "/policies/defaultAppManagementPolicy", READ)

    assert refused(answer) == (403, "Authorization_RequestDenied")
