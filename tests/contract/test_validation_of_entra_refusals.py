"""Every refusal of Entra ID's that is known has its finding, and what is remembered hides none."""

from collections.abc import Iterator

import httpx
import pytest

from shared.credentials.findings import Finding, Grade
from tests.contract.bad_chains import refused_by
from tests.contract.validation_world import Chain, found
from tests.contract.vault_world import address

TOLD_BY_ENTRA = {
    90002: Finding.TENANT_UNKNOWN,
    90038: Finding.CLOUD_WRONG,
    900382: Finding.CLOUD_WRONG,
    900432: Finding.CLOUD_WRONG,
    700016: Finding.APP_UNKNOWN,
    7000112: Finding.APP_DISABLED,
    70001: Finding.APP_DISABLED,
    700027: Finding.CERTIFICATE_UNKNOWN_TO_ENTRA,
    7000274: Finding.SIGNATURE_REFUSED,
    50006: Finding.SIGNATURE_REFUSED,
    50012: Finding.SIGNATURE_REFUSED,
    1000502: Finding.CERTIFICATE_OUTSIDE_DATES,
    7000214: Finding.CERTIFICATE_REVOKED,
    7000277: Finding.CERTIFICATE_REVOKED,
    700030: Finding.SUBJECT_NOT_TRUSTED,
    700024: Finding.CLOCK_WRONG,
    500133: Finding.CLOCK_WRONG,
    50027: Finding.ASSERTION_MALFORMED,
    700025: Finding.PUBLIC_CLIENT,
    7000218: Finding.CREDENTIAL_NOT_SENT,
    7000215: Finding.SECRET_INSTEAD,
    7000222: Finding.SECRET_INSTEAD,
    500011: Finding.EXCHANGE_NOT_IN_TENANT,
    50001: Finding.EXCHANGE_NOT_IN_TENANT,
    650052: Finding.EXCHANGE_NOT_IN_TENANT,
    650057: Finding.EXCHANGE_NOT_IN_TENANT,
    1002012: Finding.TOKEN_SCOPE_WRONG,
    70011: Finding.TOKEN_SCOPE_WRONG,
    65001: Finding.CONSENT_MISSING,
    650056: Finding.CONSENT_MISSING,
    53003: Finding.CONDITIONAL_ACCESS,
    530032: Finding.CONDITIONAL_ACCESS,
    700211: Finding.FEDERATION_MISMATCH,
    700212: Finding.FEDERATION_MISMATCH,
    700213: Finding.FEDERATION_MISMATCH,
    7002138: Finding.FEDERATION_MISMATCH,
    90006: Finding.ENTRA_UNREACHABLE,
    90024: Finding.ENTRA_UNREACHABLE,
    90033: Finding.ENTRA_UNREACHABLE,
    90012: Finding.ENTRA_UNREACHABLE,
    50000: Finding.ENTRA_UNREACHABLE,
    70003: Finding.ENTRA_REFUSES,  # one that is explained nowhere here
}


@pytest.fixture(scope="module")
def chain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chain]:
    with (
        address(tmp_path_factory.mktemp("vault")) as place,
        pytest.MonkeyPatch.context() as monkeypatch,
    ):
        yield Chain(place, monkeypatch)


@pytest.fixture(autouse=True)
def mended(chain: Chain) -> Iterator[None]:
    """Let Entra ID know the app again after each test."""
    yield
    chain.to_entra = chain.entra


@pytest.mark.parametrize("code", TOLD_BY_ENTRA)
def test_every_refusal_of_entra_id_has_its_finding(chain: Chain, code: int) -> None:
    refused_by(code)(chain)

    report = chain.report()

    assert found(report) == {"Entra ID issues a token": TOLD_BY_ENTRA[code]}
    [told] = report.findings
    assert (f"AADSTS{code}" in told.meaning) == (told.grade is Grade.FAIL)
    assert report.grade is told.grade


def test_no_token_and_no_refusal_is_remembered_from_one_validation_to_the_next(
    chain: Chain,
) -> None:
    """MSAL by itself hands out tokens for an hour, and repeats a refusal for a minute."""
    with chain.validating() as validation:
        assert validation.report().grade is Grade.PASS
        refused_by(700016)(chain)
        refused = [validation.report() for _ in range(2)]
        chain.to_entra = chain.entra
        mended = validation.report()

    assert [found(each) for each in refused] == [
        {"Entra ID issues a token": Finding.APP_UNKNOWN}
    ] * 2
    assert mended.grade is Grade.PASS


def test_a_token_that_the_app_holds_does_not_hide_a_credential_that_is_broken(
    chain: Chain,
) -> None:
    asked: list[bool] = []

    def watched(request: httpx.Request) -> httpx.Response:
        asked.append(True)
        return chain.exchange(request)

    with chain.validating() as validation:
        assert chain.tokens.token(validation.app)  # as the app's work does
        refused_by(7000112)(chain)
        chain.to_exchange = watched
        report = validation.report()
        assert chain.tokens.token(validation.app)  # still held

    assert found(report) == {"Entra ID issues a token": Finding.APP_DISABLED}
    assert asked == []
