"""Whether people can sign in: only where the platform sees to it that nobody else says so."""

import pytest

from shared import sign_in
from shared.sign_in import SignIn
from tests.unit.principals import DIRECTORY
from tests.unit.test_config import complaint, settings


@pytest.mark.parametrize("enabled", ["True", "true"])
def test_people_sign_in_where_the_platform_enforces_it(enabled: str) -> None:
    found = settings(
        WEBSITE_AUTH_ENABLED=enabled,
        SIGN_IN_TENANT_ID=DIRECTORY.upper(),
        PUBLIC_URL="https://Gate.example:444/easgate",
    )
    assert found.sign_in == SignIn(tenant_id=DIRECTORY, public_host="gate.example:444")


@pytest.mark.parametrize(
    "said",
    [
        {"SIGN_IN_TENANT_ID": DIRECTORY},
        {"SIGN_IN_TENANT_ID": DIRECTORY, "WEBSITE_AUTH_ENABLED": "False"},
        {"SIGN_IN_TENANT_ID": DIRECTORY, "WEBSITE_AUTH_ENABLED": "1"},
        {"SIGN_IN_TENANT_ID": "", "WEBSITE_AUTH_ENABLED": "True"},
        {},
    ],
)
def test_otherwise_nobody_does(said: dict[str, str]) -> None:
    """The rest of the app does not depend on it."""
    assert sign_in.read(said) is None
    assert settings(**said).sign_in is None


def test_a_directory_has_a_guid() -> None:
    assert "SIGN_IN_TENANT_ID" in complaint(SIGN_IN_TENANT_ID="contoso.com")
