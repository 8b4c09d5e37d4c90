"""`python3 -m infra.azure validate --user-certificates`: the rows, to be read in a shell."""

import io

from infra.azure import validate
from infra.azure.__main__ import main
from shared.flows.trust_examination import Asked
from tests.unit.app_world import Deployment
from tests.unit.builders import TENANT
from tests.unit.trust_world import FakeTenant


def said(tenant: FakeTenant) -> tuple[int, list[str]]:
    """Return exit code and output for a tenant."""
    app, out = Deployment(), io.StringIO()
    app.trusted[TENANT] = tenant
    report = validate.examined(app.services, TENANT, Asked(), out)
    return validate.worst([report]), out.getvalue().splitlines()


def test_rows_are_lines_and_what_was_found_stands_below() -> None:
    """With the remedy last."""
    code, lines = said(FakeTenant(is_modern=False))
    assert code == 1
    assert lines[:2] == [
        f"tenant {TENANT}",
        "fail    X1 Exchange lets clients sign in with tokens",
    ]
    assert lines[2].startswith("        modern_authentication_off: Exchange offers")
    assert lines[3].startswith("        -> order set_modern_authentication")
    assert lines[-1] == "users' certificates: fail"


def test_a_tenant_where_all_is_well_returns_nothing_to_do() -> None:
    """That nobody was named to look for is no fault."""
    code, lines = said(FakeTenant())
    assert (code, lines[-1]) == (0, "users' certificates: pass")


def test_the_command_takes_it() -> None:
    """Settings that are not there are told of, as without it."""
    assert main(["validate", "--settings", "gone.json", "--user-certificates", "--user", "a"]) == 1
