"""Exchange's switch for modern authentication: read, set, and read back."""

import pytest

from shared.errors import NotPermitted, Retryable
from shared.exchange.organization import Organization
from tests.unit.exchange_answers import Server, error, rows, server

GET, SET = "Get-OrganizationConfig", "Set-OrganizationConfig"
SWITCH = "OAuth2ClientProfileEnabled"
ON, OFF = rows({SWITCH: True, "Name": "contoso"}), rows({SWITCH: False, "Name": "contoso"})
DENIED = error(403, "||not allowed")


def an_organization(known: Server) -> Organization:
    """Return the organisation of this server, which does not really sleep."""
    return Organization(known.transport, known.slept.append)


@pytest.mark.parametrize(
    ("answer", "shown"),
    [(ON, True), (OFF, False), (rows({SWITCH: None}), None), (rows({"Name": "contoso"}), None)],
)
def test_switch_is_read(answer: object, shown: bool | None) -> None:  # noqa: FBT001 - a case
    """What Exchange does not say is not off."""
    known = server(Get_OrganizationConfig=answer)  # type: ignore[arg-type]  # made by `rows`
    assert an_organization(known).modern_authentication() is shown


def test_no_more_is_asked_for_than_the_switch() -> None:
    """The cmdlet takes no parameters at all: ResultSize, too, would be refused."""
    known = server(Get_OrganizationConfig=ON)
    an_organization(known).modern_authentication()
    assert known.parameters(GET) == [{}]
    assert known.requests[0].url.params["$select"] == SWITCH


def test_organization_without_a_row_is_read_later() -> None:
    with pytest.raises(Retryable):
        an_organization(server(Get_OrganizationConfig=rows())).modern_authentication()


@pytest.mark.parametrize("enabled", [True, False])
def test_switch_is_set_and_read_back(enabled: bool) -> None:  # noqa: FBT001 - a case
    before, after = (OFF, ON) if enabled else (ON, OFF)
    known = server(Get_OrganizationConfig=[before, before, after], Set_OrganizationConfig=rows())
    an_organization(known).set_modern_authentication(enabled=enabled)
    assert known.parameters(SET) == [{SWITCH: enabled, "Confirm": False}]
    assert len(known.parameters(GET)) == 3


def test_switch_that_stands_is_not_set_again() -> None:
    known = server(Get_OrganizationConfig=ON)
    an_organization(known).set_modern_authentication(enabled=True)
    assert known.parameters(SET) == []


def test_switch_that_exchange_does_not_tell_is_set() -> None:
    known = server(Get_OrganizationConfig=[rows({}), ON], Set_OrganizationConfig=rows())
    an_organization(known).set_modern_authentication(enabled=True)
    assert len(known.parameters(SET)) == 1


def test_change_that_is_not_shown_is_looked_at_again_later() -> None:
    known = server(Get_OrganizationConfig=OFF, Set_OrganizationConfig=rows())
    with pytest.raises(Retryable, match="does not show it yet") as failure:
        an_organization(known).set_modern_authentication(enabled=True)
    assert failure.value.after


def test_missing_cmdlet_is_said_with_the_role_that_holds_it() -> None:
    reader = an_organization(server(Get_OrganizationConfig=DENIED))
    with pytest.raises(NotPermitted, match="View-Only Configuration"):
        reader.modern_authentication()
    writer = an_organization(server(Get_OrganizationConfig=OFF, Set_OrganizationConfig=DENIED))
    with pytest.raises(NotPermitted, match="management role Organization Configuration"):
        writer.set_modern_authentication(enabled=True)
