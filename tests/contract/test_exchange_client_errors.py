"""Each way in which the simulated Exchange misbehaves, and what our client makes of it."""

import pytest
import stamina

from infra.local.simulators.exchange import faults
from infra.local.simulators.exchange.answers import Details, Prefix
from infra.local.simulators.exchange.fault_plan import MODULE_FILE, Fault
from shared.credentials.findings import Found
from shared.errors import Failure, Misconfigured, NotFound, NotPermitted, Rejected, Retryable
from shared.exchange.failures import OutOfScope
from tests.contract.exchange_client import ClientWorld

MAILBOX = {"Identity": "adele@contoso.com"}
LASTING: dict[str, tuple[Fault, type[Failure]]] = {
    "token refused": (faults.unauthorized(), Found),
    "claims demanded": (faults.unauthorized("eyJhY2Nlc3NfdG9rZW4iOnt9fQ=="), Found),
    "no role": (faults.forbidden_nul(), NotPermitted),
    "wrong permission": (faults.forbidden_with_diagnostics("wrong kind"), NotPermitted),
    "not found": (faults.not_found("x"), NotFound),
    "not found, as 400": (faults.not_found("x", status=400), NotFound),
    "throttled": (faults.throttled(), Retryable),
    "throttled, decimal": (faults.throttled("0.5"), Retryable),
    "busy": (faults.unavailable(), Retryable),
    "gateway": (faults.gateway_timeout(), Retryable),
    "bug": (faults.server_bug(), Rejected),
    "not now": (faults.not_now(), Retryable),
    "write scope": (faults.out_of_write_scope("x"), OutOfScope),
    "read scope": (faults.out_of_read_scope("x"), OutOfScope),
    "parameter not in role": (faults.parameter_not_in_role("Filter"), NotPermitted),
    "errors beside the value": (faults.with_errors(["||no"]), Rejected),
    "error under 200": (faults.error_with_status_200("no"), Rejected),
    "dropped": (faults.dropped_before_effect(), Retryable),
}


@pytest.fixture
def world() -> ClientWorld:
    return ClientWorld()


@pytest.fixture(autouse=True)
def _no_waiting() -> object:
    with stamina.set_testing(True, attempts=100, cap=True):
        yield


@pytest.mark.parametrize("name", LASTING)
def test_trouble_that_lasts_names_the_next_step(world: ClientWorld, name: str) -> None:
    fault, kind = LASTING[name]
    world.exchange.faults.inject(fault, times=None)

    with pytest.raises(Failure) as raised:
        world.transport.invoke("Get-CASMailbox", MAILBOX)

    assert type(raised.value) is kind


@pytest.mark.parametrize("name", faults.TRANSIENT_EXCEPTIONS)
@pytest.mark.parametrize("status", [400, 500])
def test_trouble_that_passes_is_not_seen(world: ClientWorld, name: str, status: int) -> None:
    world.exchange.faults.inject(faults.transient(name, status=status), times=2)

    assert world.transport.invoke("Get-CASMailbox", MAILBOX).rows


@pytest.mark.parametrize("claims", [None, "eyJhY2Nlc3NfdG9rZW4iOnt9fQ=="])
def test_a_refused_token_is_renewed_once(world: ClientWorld, claims: str | None) -> None:
    world.exchange.faults.inject(faults.unauthorized(claims))

    assert world.transport.invoke("Get-CASMailbox", MAILBOX).rows
    assert len(world.bearer.refused) == 1


@pytest.mark.parametrize("prefix", Prefix)
@pytest.mark.parametrize("details", Details)
def test_the_text_is_found_in_every_dialect(
    world: ClientWorld, prefix: Prefix, details: Details
) -> None:
    fault = faults.failing("Too|many|bars.", prefix=prefix, details=details)
    world.exchange.faults.inject(fault)

    with pytest.raises(Rejected, match=r"refused: Too\|many\|bars\. \(Get-CASMailbox: HTTP 400"):
        world.transport.invoke("Get-CASMailbox", MAILBOX)


def test_silence_after_a_change_is_success(world: ClientWorld) -> None:
    change = {**MAILBOX, "ActiveSyncEnabled": False, "Confirm": False}
    for fault in (faults.with_empty_body(), faults.without_value()):
        world.exchange.faults.inject(fault)
        assert world.transport.invoke("Set-CASMailbox", change).rows == ()


def test_a_tenant_without_policies_has_an_empty_list_of_them(world: ClientWorld) -> None:
    with pytest.raises(NotFound):
        world.transport.invoke("Get-ApplicationAccessPolicy", {})
    assert world.transport.invoke_or_empty("Get-ApplicationAccessPolicy", {}).rows == ()


def test_the_module_file_names_what_the_roles_hold(world: ClientWorld) -> None:
    names = world.transport.exported_cmdlets()

    assert {"Get-MobileDevice", "Clear-MobileDevice", "Set-CASMailbox"} < names


@pytest.mark.parametrize(
    ("fault", "kind"),
    [(faults.unavailable(), Retryable), (faults.forbidden_nul(), Misconfigured)],
)
def test_a_module_file_that_is_not_to_be_had_is_a_failure(
    world: ClientWorld, fault: Fault, kind: type[Failure]
) -> None:
    world.exchange.faults.inject(fault, cmdlet=MODULE_FILE, times=None)

    with pytest.raises(kind):
        world.transport.exported_cmdlets()


def test_an_app_without_roles_is_told_so(world: ClientWorld) -> None:
    world.bearer.claims = {"wids": []}

    with pytest.raises(Misconfigured, match="role group"):
        world.transport.exported_cmdlets()
