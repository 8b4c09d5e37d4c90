"""The audit over HTTP: lines as they are stored, page by page."""

import pytest

from functions.audit import get_audit
from shared.records.audit_log import AuditLog
from tests.unit.app_world import Deployment, a_tenant, call, request, told
from tests.unit.audit_world import AT, an_entry
from tests.unit.builders import TENANT

OTHER = "5b2c1d0e-0000-4000-8000-000000000002"


def a_deployment() -> Deployment:
    """Return an app with some records."""
    app = Deployment()
    log = AuditLog(app.audit_blobs, lambda: AT)
    for number in range(3):
        log.append(an_entry(number, TENANT))
    return app


def test_records_come_as_lines_until_there_are_no_more() -> None:
    app = a_deployment()
    lines, after = b"", ""
    while True:
        answer = call(app, get_audit, request(params={"after": after}))
        assert (answer.status_code, answer.mimetype) == (200, "application/jsonl")
        lines += answer.get_body()
        if "Link" not in answer.headers:
            break
        after = answer.headers["Link"].partition("after=")[2].partition(">")[0].replace("%3A", ":")
    assert lines == app.audit_blobs.text(TENANT)


def test_days_bound_it() -> None:
    app = a_deployment()
    answer = call(app, get_audit, request(params={"from": "2026-05-04", "to": "2026-05-04"}))
    assert len(answer.get_body().splitlines()) == 3
    answer = call(app, get_audit, request(params={"from": "2026-05-05"}))
    assert answer.get_body() == b""


@pytest.mark.parametrize(
    "asked", [{"from": "yesterday"}, {"to": "2026-13-01"}, {"after": "x"}, {"tenant_id": OTHER}]
)
def test_what_cannot_be_is_refused(asked: dict[str, str]) -> None:
    assert call(a_deployment(), get_audit, request(params=asked)).status_code == 400


def test_of_several_tenants_one_must_be_named() -> None:
    app = a_deployment()
    app.tenants[OTHER] = a_tenant(tenant_id=OTHER)
    answer = call(app, get_audit, request())
    assert answer.status_code == 400
    assert "tenant_id" in str(told(answer)["detail"])
    named = call(app, get_audit, request(params={"tenant_id": OTHER}))
    assert (named.status_code, named.get_body()) == (200, b"")
