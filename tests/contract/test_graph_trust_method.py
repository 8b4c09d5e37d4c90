"""Graph's certificate method: what a tenant has by default, and what it may change."""

from typing import Any

import httpx
import pytest

from tests.contract.graph_world import World, refused

POLICY = "/policies/authenticationMethodsPolicy"
METHOD = f"{POLICY}/authenticationMethodConfigurations/x509Certificate"
READ, WRITE = "Policy.Read.AuthenticationMethod", "Policy.ReadWrite.AuthenticationMethod"
TYPE = "#microsoft.graph.x509CertificateAuthenticationMethodConfiguration"
BAD = (400, "Request_BadRequest")
BINDING = {
    "x509CertificateField": "PrincipalName",
    "userProperty": "userPrincipalName",
    "priority": 1,
}
RULE = {
    "x509CertificateRuleType": "policyOID",
    "identifier": "1.2.3.4",
    "x509CertificateAuthenticationMode": "x509CertificateMultiFactor",
}
BOTH = {
    "x509CertificateRuleType": "issuerSubjectAndPolicyOID",
    "issuerSubjectIdentifier": "CN=root",
    "policyOidIdentifier": "1.2.3.4",
    "x509CertificateAuthenticationMode": "x509CertificateMultiFactor",
}
TARGET = {"targetType": "group", "id": "all_users", "isRegistrationRequired": False}


@pytest.fixture
def world() -> World:
    return World()


def patch(world: World, **change: object) -> httpx.Response:
    return world.call("PATCH", METHOD, WRITE, body={"@odata.type": TYPE, **change})


def shown(world: World, **headers: str) -> dict[str, Any]:
    answer = world.call("GET", METHOD, READ, headers=headers)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def modes(*rules: object) -> dict[str, object]:
    return {
        "x509CertificateAuthenticationDefaultMode": "x509CertificateMultiFactor",
        "rules": list(rules),
    }


def test_by_default_it_is_off_and_binds_names_before_keys(world: World) -> None:
    found = shown(world)

    assert (found["@odata.type"], found["id"], found["state"]) == (
        TYPE,
        "X509Certificate",
        "disabled",
    )
    bindings = [
        (one["x509CertificateField"], one["userProperty"], one["trustAffinityLevel"])
        for one in found["certificateUserBindings"]
    ]
    assert bindings == [
        ("PrincipalName", "userPrincipalName", "low"),
        ("RFC822Name", "userPrincipalName", "low"),
        ("SubjectKeyIdentifier", "certificateUserIds", "high"),
    ]
    assert found["crlValidationConfiguration"]["state"] == "disabled"
    assert found["issuerHintsConfiguration"] == {"state": "disabled"}
    assert (found["certificateAuthorityScopes"], found["excludeTargets"]) == ([], [])
    assert found["includeTargets"] == [TARGET]
    assert found["authenticationModeConfiguration"]["rules"] == []


def test_what_is_sent_is_changed_and_the_rest_stays(world: World) -> None:
    before = shown(world)

    answer = patch(world, state="enabled", certificateUserBindings=[BINDING])

    assert (answer.status_code, answer.content) == (204, b"")
    changed = {
        "state": "enabled",
        "certificateUserBindings": [BINDING | {"trustAffinityLevel": "low"}],
    }
    assert shown(world) == before | changed
    assert world.call("DELETE", METHOD, WRITE).status_code == 204
    assert shown(world) == before


def test_an_object_takes_the_place_of_the_one_before_whole(world: World) -> None:
    """So a client that leaves out what it does not know loses it."""
    key_id = "AB" * 20
    patch(
        world,
        crlValidationConfiguration={
            "state": "enabled",
            "exemptedCertificateAuthoritiesSubjectKeyIdentifiers": [key_id],
        },
    )
    patch(world, crlValidationConfiguration={"state": "enabled"})

    assert shown(world)["crlValidationConfiguration"] == {
        "state": "enabled",
        "exemptedCertificateAuthoritiesSubjectKeyIdentifiers": [],
    }


def test_what_was_read_can_be_sent_back(world: World) -> None:
    scope = {
        "subjectKeyIdentifier": "aaaaaaaabbbbcccc111122222222222222333333",
        "publicKeyInfrastructureIdentifier": "Contoso PKI",
        "includeTargets": [{"id": "aaaaaaaa-bbbb-cccc-1111-222222222222", "targetType": "group"}],
    }
    patch(
        world,
        state="enabled",
        authenticationModeConfiguration=modes(RULE),
        certificateAuthorityScopes=[scope],
        issuerHintsConfiguration={"state": "enabled"},
    )
    before = shown(world)
    assert before["certificateAuthorityScopes"] == [scope]

    assert patch(world, **before).status_code == 204

    assert shown(world) == before


@pytest.mark.parametrize("kind", [None, "#microsoft.graph.smsAuthenticationMethodConfiguration"])
def test_the_body_has_to_say_what_it_is(world: World, kind: str | None) -> None:
    body = {"@odata.type": kind, "state": "enabled"}

    assert refused(world.call("PATCH", METHOD, WRITE, body=body)) == BAD
    assert shown(world)["state"] == "disabled"


WRONG: dict[str, dict[str, object]] = {
    "state": {"state": "on"},
    "id": {"id": "Sms"},
    "unknown": {"colour": "red"},
    "a field that is none": {
        "certificateUserBindings": [BINDING | {"x509CertificateField": "UPN"}]
    },
    "a property that is none": {"certificateUserBindings": [BINDING | {"userProperty": "mail"}]},
    "a key bound to a name": {
        "certificateUserBindings": [BINDING | {"x509CertificateField": "SubjectKeyIdentifier"}]
    },
    "a priority below zero": {"certificateUserBindings": [BINDING | {"priority": -1}]},
    "a priority as text": {"certificateUserBindings": [BINDING | {"priority": "1"}]},
    "a priority twice": {
        "certificateUserBindings": [BINDING, BINDING | {"x509CertificateField": "RFC822Name"}]
    },
    "no priority": {"certificateUserBindings": [{**BINDING, "priority": None}]},
    "bindings as an object": {"certificateUserBindings": BINDING},
    "a rule of no kind": {
        "authenticationModeConfiguration": modes(
            RULE | {"x509CertificateRuleType": "unknownFutureValue"}
        )
    },
    "a rule for nothing": {"authenticationModeConfiguration": modes(RULE | {"identifier": None})},
    "half of a rule for both": {
        "authenticationModeConfiguration": modes(BOTH | {"policyOidIdentifier": None})
    },
    "a mode that is none": {
        "authenticationModeConfiguration": {"x509CertificateAuthenticationDefaultMode": "strong"}
    },
    "a target without id": {"includeTargets": [{"targetType": "group"}]},
    "a target that is no group": {"includeTargets": [TARGET | {"id": "everybody"}]},
    "an excluded target too many": {"excludeTargets": [TARGET]},
    "a key identifier that is none": {
        "crlValidationConfiguration": {
            "state": "enabled",
            "exemptedCertificateAuthoritiesSubjectKeyIdentifiers": ["xyz"],
        }
    },
    "hints that are neither on nor off": {"issuerHintsConfiguration": {"state": "default"}},
}


@pytest.mark.parametrize("change", WRONG.values(), ids=WRONG.keys())
def test_what_is_wrong_is_refused_and_changes_nothing(
    world: World, change: dict[str, object]
) -> None:
    before = shown(world)

    assert refused(patch(world, **change)) == BAD
    assert shown(world) == before


def test_a_kind_of_rule_that_came_later_shows_only_to_who_prefers_it(world: World) -> None:
    patch(world, authenticationModeConfiguration=modes(BOTH))

    def kind(**headers: str) -> str:
        found = shown(world, **headers)["authenticationModeConfiguration"]["rules"][0]
        return str(found["x509CertificateRuleType"])

    assert kind() == "unknownFutureValue"
    assert kind(Prefer="include-unknown-enum-members") == "issuerSubjectAndPolicyOID"


def test_the_whole_policy_shows_the_method_among_others(world: World) -> None:
    patch(world, state="enabled")

    policy = world.call("GET", POLICY, READ).json()

    states = {one["id"]: one["state"] for one in policy["authenticationMethodConfigurations"]}
    assert states == {"Sms": "disabled", "X509Certificate": "enabled"}


def test_reading_and_writing_take_their_permissions(world: World) -> None:
    body = {"@odata.type": TYPE, "state": "enabled"}

    assert world.call("PATCH", METHOD, READ, body=body).status_code == 403
    assert world.call("DELETE", METHOD, READ).status_code == 403
    assert world.call("GET", METHOD, "Directory.Read.All").status_code == 403
    assert world.call("GET", METHOD, WRITE).status_code == 200
    assert world.call("GET", POLICY, "Policy.Read.All").status_code == 200


def test_nothing_can_be_selected_and_the_case_of_the_name_does_not_matter(world: World) -> None:
    answer = world.call("GET", f"{METHOD}?$select=state", READ)

    assert refused(answer) == (400, "Request_UnsupportedQuery")
    other = METHOD.replace("x509Certificate", "X509Certificate")
    assert world.call("GET", other, READ).json()["id"] == "X509Certificate"


def test_tests_cannot_set_what_the_method_does_not_have(world: World) -> None:
    with pytest.raises(ValueError, match="no property colour"):
        world.graph.methods.put(world.tenant, colour="red")
