"""Users' certificates over HTTP: how their setting stands, and whether it works."""

import base64
import json
from contextlib import ExitStack
from datetime import timedelta
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from functions import openapi
from functions import user_certificates as routes
from shared.errors import NotPermitted, Retryable
from shared.trust.federation import Domain, Federation
from tests.unit.app_world import Answer, Deployment, a_tenant, call, request, told
from tests.unit.builders import NOW, TENANT
from tests.unit.trust import pki
from tests.unit.trust_world import FakeTenant

OTHER_TENANT = "5b2c1d0e-0000-4000-8000-000000000002"
SAMPLE = pki.a_user_certificate()
IN_BASE64 = base64.b64encode(SAMPLE).decode()
IN_PEM = x509.load_der_x509_certificate(SAMPLE).public_bytes(Encoding.PEM).decode()


@pytest.fixture
def app() -> Deployment:
    return Deployment()


@pytest.fixture
def two() -> Deployment:
    other = {OTHER_TENANT: a_tenant(tenant_id=OTHER_TENANT)}
    return Deployment(tenants={TENANT: a_tenant(), **other})


def listed(found: dict[str, Any], name: str) -> list[dict[str, Any]]:
    """Return one of an answer's lists."""
    rows = found[name]
    assert isinstance(rows, list)
    return rows


def standing(app: Deployment) -> dict[str, Any]:
    """Return how the only tenant's setting stands."""
    [tenant] = listed(told(call(app, routes.get_user_certificates, request())), "tenants")
    return tenant


def validated(app: Deployment, asked: object = None, **params: str) -> Answer:
    """Ask for the report."""
    body = b"" if asked is None else json.dumps(asked).encode()
    return call(app, routes.post_user_certificates_validate, request("POST", body, params=params))


def reports(answer: Answer) -> list[dict[str, Any]]:
    """Return what was answered."""
    assert answer.status_code == 200
    return listed(told(answer), "reports")


def test_standing_shows_what_certificates_rest_on(app: Deployment) -> None:
    shown = standing(app)
    authorities = listed({"authorities": shown.pop("authorities")}, "authorities")
    assert shown == {
        "tenant_id": TENANT,
        "in_use": True,
        "modern_authentication": True,
        "method": {
            "is_enabled": True,
            "bindings": [
                {
                    "certificate_field": "PrincipalName",
                    "user_property": "userPrincipalName",
                    "priority": 1,
                }
            ],
            "default_mode": "x509CertificateMultiFactor",
            "rules": [],
            "include": [{"id": "all_users"}],
            "exclude": [],
            "requires_crl": None,
            "unknown": [],
        },
        "domains": [
            {
                "name": "contoso.com",
                "is_federated": False,
                "is_verified": True,
                "prompt_login": None,
            }
        ],
        "problems": {},
    }
    assert authorities[0] == {
        "store": "pki",
        "thumbprint": pki.a_root().thumbprint,
        "name": pki.ROOT,
        "subject": "CN=Contoso Root",
        "is_root": True,
        "not_before": pki.BEGINS.isoformat().replace("+00:00", "Z"),
        "expires_at": pki.ENDS_AT.isoformat().replace("+00:00", "Z"),
        "days_left": 3000,
        "stage": None,
        "stage_days": None,
        "crl_url": pki.url_of(pki.ROOT),
        "delta_crl_url": "",
        "trouble": "",
    }


def test_standing_fetches_no_list_and_looks_for_nobody(app: Deployment) -> None:
    """It is quick, and whoever may only look makes us call nobody."""
    app.trusted[TENANT] = FakeTenant()
    standing(app)
    assert app.lists.asked == []
    assert "account" not in app.trusted[TENANT].asked


def test_standing_shows_the_stage_of_an_authority(app: Deployment) -> None:
    soon = pki.a_root(certificate=pki.a_ca(pki.ROOT, pki.ROOT, NOW + timedelta(days=13)))
    odd = pki.a_root(certificate=b"none", name="odd")
    app.trusted[TENANT] = FakeTenant(pki=(soon, odd))
    first, second = listed(standing(app), "authorities")
    assert (first["stage"], first["stage_days"], first["days_left"]) == ("14", 14, 13)
    assert (second["expires_at"], second["stage"], second["subject"]) == (None, None, "")
    assert "X.509" in second["trouble"]


def test_standing_shows_what_becomes_of_a_fresh_sign_in(app: Deployment) -> None:
    odd = Federation(configuration_id="f", prompt_login=None, unknown_prompt_login="odd")
    domain = Domain(name="old.contoso.com", is_federated=True, is_verified=True, federation=odd)
    app.trusted[TENANT] = FakeTenant(listed_domains=(domain,))
    [shown] = listed(standing(app), "domains")
    assert shown["prompt_login"] == "odd"


def test_what_cannot_be_read_hides_nothing_else(app: Deployment) -> None:
    app.trusted[TENANT] = FakeTenant(
        down={
            "authorities": NotPermitted("it takes PublicKeyInfrastructure.Read.All"),
            "modern_authentication": Retryable("busy"),
        }
    )
    shown = standing(app)
    assert shown["problems"] == {
        "pki_store": "it takes PublicKeyInfrastructure.Read.All",
        "modern_authentication": "busy",
    }
    assert (shown["modern_authentication"], shown["authorities"]) == (None, [])
    assert shown["method"] is not None


def test_one_tenants_trouble_does_not_hide_the_others(two: Deployment) -> None:
    down = dict.fromkeys(("authorities", "domains", "certificate_method"), Retryable("busy"))
    two.trusted[TENANT] = FakeTenant(down={**down})
    shown = listed(told(call(two, routes.get_user_certificates, request())), "tenants")
    assert [(each["tenant_id"], bool(each["problems"])) for each in shown] == [
        (TENANT, True),
        (OTHER_TENANT, False),
    ]


@pytest.mark.parametrize("spelling", ["other", "", OTHER_TENANT])
def test_tenant_that_is_not_served_has_no_certificates(app: Deployment, spelling: str) -> None:
    asked = request(params={"tenant_id": spelling})
    assert call(app, routes.get_user_certificates, asked).status_code == 400
    assert validated(app, tenant_id=spelling).status_code == 400


def test_report_needs_nothing_to_be_said(app: Deployment) -> None:
    for asked in (None, {}, {"user": None}):
        [report] = reports(validated(app, asked))
        assert (report["tenant_id"], report["grade"], report["user"]) == (TENANT, "pass", "")


@pytest.mark.parametrize("sample", [IN_BASE64, IN_PEM], ids=["base64", "PEM"])
def test_report_looks_at_the_sample_and_its_user(app: Deployment, sample: str) -> None:
    [report] = reports(validated(app, {"user": pki.UPN, "certificate": sample}))
    rows = listed(report, "rows")
    assert [each["row"] for each in rows][:4] == ["X1", "X2", "X3", "X3b"]
    assert {each["grade"] for each in rows} == {"pass"}
    [bindings] = [each for each in rows if each["row"] == "X7"]
    assert bindings["details"][1] == {
        "about": "the sample certificate",
        "grade": "pass",
        "code": None,
        "meaning": "adele@contoso.com, by PrincipalName -> userPrincipalName",
        "remedy": "",
    }


@pytest.mark.parametrize(
    "asked",
    [
        [],
        "text",
        {"upn": pki.UPN},
        {"user": ""},
        {"user": 5},
        {"user": "a" * 321},
        {"certificate": ""},
        {"certificate": "no base64!"},
        {"certificate": base64.b64encode(b"no certificate").decode()},
        {"certificate": "-----BEGIN PRIVATE KEY-----\nMIIB\n-----END PRIVATE KEY-----"},
        {"certificate": IN_PEM * 2},
        {"certificate": "A" * (32 * 1024 + 1)},
    ],
    ids=[
        *("list", "text", "other field", "empty user", "number", "long user", "empty", "signs"),
        *("no certificate", "key", "two", "long"),
    ],
)
def test_what_is_not_understood_is_refused(app: Deployment, asked: object) -> None:
    assert validated(app, asked).status_code == 400


def test_what_is_not_json_or_too_long_is_refused(app: Deployment) -> None:
    for body, status in ((b"{", 400), (b"\xff", 400), (b" " * 50_000, 413)):
        answer = call(app, routes.post_user_certificates_validate, request("POST", body))
        assert answer.status_code == status


def test_a_user_is_looked_for_in_one_tenant_only(two: Deployment) -> None:
    for asked in ({"user": pki.UPN}, {"certificate": IN_BASE64}):
        assert validated(two, asked).status_code == 400
    assert len(reports(validated(two))) == 2
    [report] = reports(validated(two, {"user": pki.UPN}, tenant_id=OTHER_TENANT))
    assert report["tenant_id"] == OTHER_TENANT


def test_a_report_that_finds_everything_down_is_an_answer(app: Deployment) -> None:
    reads = ("authorities", "classic_authorities", "certificate_method", "domains", "account")
    down = dict.fromkeys((*reads, "permissions", "modern_authentication"), Retryable("busy"))
    app.trusted[TENANT] = FakeTenant(down={**down})
    [report] = reports(validated(app, {"user": pki.UPN, "certificate": IN_BASE64}))
    rows = listed(report, "rows")
    assert (report["in_use"], {each["grade"] for each in rows}) == (None, {"unknown"})


def test_a_few_reports_are_made_at_a_time(app: Deployment) -> None:
    with ExitStack() as others:
        for _ in range(routes.AT_ONCE):
            others.enter_context(routes.reporting)
        refused = validated(app)
        assert (refused.status_code, refused.headers["Retry-After"]) == (503, "60")
    for _ in range(routes.AT_ONCE + 1):
        assert validated(app).status_code == 200


def test_both_routes_are_described() -> None:
    document = openapi.document()
    described = document["paths"]["/user-certificates/validate"]["post"]
    assert described["requestBody"]["required"] is False
    assert "get" in document["paths"]["/user-certificates"]
    assert {"TrustReports", "UserCertificates", "TrustQuestion"} <= set(
        document["components"]["schemas"]
    )
