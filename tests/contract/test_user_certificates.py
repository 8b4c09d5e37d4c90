"""The doctor for users' certificates, over our clients and what they are simulated by."""

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest

from infra.local.simulators.certificate_authority import CrlMode
from shared.credentials.findings import Grade
from tests.contract.graph_world import OWN_DOMAIN
from tests.contract.trust_client_world import ALL
from tests.contract.trust_doctor_world import Hospital, hospital

Breaking = Callable[[Hospital], object]


@pytest.fixture
def world() -> Iterator[Hospital]:
    """Return a tenant where all is well."""
    with hospital() as world:
        yield world


def test_a_tenant_where_all_is_well_passes(world: Hospital) -> None:
    report = world.report()
    assert {each.row: each.grade for each in report.rows if each.grade is not Grade.PASS} == {}
    assert (report.grade, report.in_use, len(report.rows)) == (Grade.PASS, True, 13)


def federate(world: Hospital) -> None:
    world.graph.domains.federate(world.tenant, OWN_DOMAIN)


def rule(world: Hospital) -> None:
    """Set a rule about an issuer that nobody trusts."""
    rules = [
        {
            "x509CertificateRuleType": "issuerSubject",
            "identifier": "CN=Fabrikam",
            "x509CertificateAuthenticationMode": "x509CertificateMultiFactor",
        }
    ]
    mode = {
        "x509CertificateAuthenticationDefaultMode": "x509CertificateSingleFactor",
        "rules": rules,
    }
    world.graph.methods.put(world.tenant, authenticationModeConfiguration=mode)


def rename(world: Hospital) -> None:
    """Bind nothing but what the sample does not have."""
    binding = {
        "x509CertificateField": "SubjectKeyIdentifier",
        "userProperty": "certificateUserIds",
        "priority": 1,
    }
    world.graph.methods.put(world.tenant, certificateUserBindings=[binding])


@pytest.mark.parametrize(
    ("row", "breaking", "grade", "code"),
    [
        (
            "X1",
            lambda world: world.organization.set_modern_authentication(enabled=False),
            Grade.FAIL,
            "modern_authentication_off",
        ),
        ("X2", federate, Grade.FAIL, "prompt_unset"),
        (
            "X3",
            lambda world: setattr(world.clock, "now", world.clock.now + timedelta(days=3650)),
            Grade.FAIL,
            "authority_expired",
        ),
        (
            "X3b",
            lambda world: world.graph.classic.add(world.tenant, world.root.der, is_root=True),
            Grade.WARN,
            "in_both_stores",
        ),
        (
            "X4",
            lambda world: world.graph.classic.add(world.tenant, world.root.der, is_root=True),
            Grade.FAIL,
            "crl_address_missing",
        ),
        (
            "X5",
            lambda world: world.issuing.revoke(world.sample.serial),
            Grade.FAIL,
            "sample_revoked",
        ),
        (
            "X6",
            lambda world: setattr(world, "roles", set(ALL) - {"User.RevokeSessions.All"}),
            Grade.FAIL,
            "permission_missing",
        ),
        ("X7", rename, Grade.FAIL, "sample_not_mapped"),
        (
            "X8",
            lambda world: world.graph.methods.put(world.tenant, state="disabled"),
            Grade.FAIL,
            "method_off",
        ),
        ("X9", federate, Grade.UNKNOWN, "adfs_not_checkable"),
        ("X10", rule, Grade.WARN, "rule_issuer_unknown"),
        (
            "X11",
            lambda world: setattr(world.issuing, "crl_mode", CrlMode.STALE),
            Grade.FAIL,
            "revocation_useless",
        ),
        ("X12", lambda world: world.signed_in(500186), Grade.FAIL, "sign_in_refused"),
    ],
    ids=["X1", "X2", "X3", "X3b", "X4", "X5", "X6", "X7", "X8", "X9", "X10", "X11", "X12"],
)
def test_each_row_tells_when_something_is_wrong(
    world: Hospital, row: str, breaking: Breaking, grade: Grade, code: str
) -> None:
    breaking(world)
    world.clock.now += timedelta(minutes=10)
    found = world.row(row)
    assert found.grade is grade
    assert code in [each.code for each in found.details]


@pytest.mark.parametrize(
    ("permission", "rows"),
    [
        ("Domain.Read.All", ["X2", "X9"]),
        ("PublicKeyInfrastructure.Read.All", ["X3", "X4", "X5", "X11"]),
        ("Organization.Read.All", ["X3b", "X4", "X5", "X11"]),
        ("Policy.Read.AuthenticationMethod", ["X7", "X8", "X10"]),
        ("AuditLog.Read.All", ["X12"]),
    ],
)
def test_a_permission_that_is_missing_is_named(
    world: Hospital, permission: str, rows: list[str]
) -> None:
    """What rests on it is unknown, the rest is told."""
    world.roles = tuple({*ALL} - {permission, permission.replace("Read", "ReadWrite")})
    report = world.report()
    denied = {
        each.row: " ".join(x.meaning for x in each.details if x.code == "not_permitted")
        for each in report.rows
        if "not_permitted" in [x.code for x in each.details]
    }
    assert list(denied) == rows
    assert all(permission in says for says in denied.values())
    assert report.grade is Grade.UNKNOWN


MODES = {
    CrlMode.NOT_YET_VALID: "crl_not_yet_valid",
    CrlMode.WRONG_SIGNER: "crl_wrong_signature",
    CrlMode.WRONG_ISSUER: "crl_wrong_issuer",
    CrlMode.REDIRECTING: "crl_redirects",
    CrlMode.UNREADABLE: "crl_unreadable",
    CrlMode.NOT_FOUND: "crl_unreachable",
    CrlMode.HUGE: "crl_too_large",
    CrlMode.LARGE: "crl_large",
}
ADVICE = {"crl_large"}  # refused to who waits, once


@pytest.mark.parametrize(("mode", "code"), MODES.items(), ids=MODES.values())
def test_x5_tells_what_is_wrong_with_a_list(world: Hospital, mode: CrlMode, code: str) -> None:
    world.issuing.crl_mode = mode
    found = world.row("X5")
    assert code in [each.code for each in found.details]
    assert found.grade is (Grade.WARN if code in ADVICE else Grade.FAIL)
