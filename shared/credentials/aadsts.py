"""
What Entra ID's numbers mean.

They pick a finding and nothing else: Microsoft warns that they may change.
"""

from collections.abc import Iterable, Mapping

from shared.credentials.findings import Finding

FINDINGS: Mapping[int, Finding] = {
    90002: Finding.TENANT_UNKNOWN,
    **dict.fromkeys((90038, 900382, 900432), Finding.CLOUD_WRONG),
    700016: Finding.APP_UNKNOWN,
    **dict.fromkeys((7000112, 70001), Finding.APP_DISABLED),
    700027: Finding.CERTIFICATE_UNKNOWN_TO_ENTRA,
    **dict.fromkeys((7000274, 50006, 50012), Finding.SIGNATURE_REFUSED),
    1000502: Finding.CERTIFICATE_OUTSIDE_DATES,
    **dict.fromkeys((7000214, 7000277), Finding.CERTIFICATE_REVOKED),
    700030: Finding.SUBJECT_NOT_TRUSTED,
    **dict.fromkeys((700024, 500133), Finding.CLOCK_WRONG),
    **dict.fromkeys((50027, 700021, 700023, 5002738), Finding.ASSERTION_MALFORMED),
    700025: Finding.PUBLIC_CLIENT,
    7000218: Finding.CREDENTIAL_NOT_SENT,
    **dict.fromkeys((7000215, 7000222), Finding.SECRET_INSTEAD),
    **dict.fromkeys((500011, 50001, 650052, 650057), Finding.EXCHANGE_NOT_IN_TENANT),
    **dict.fromkeys((1002012, 70011), Finding.TOKEN_SCOPE_WRONG),
    **dict.fromkeys((65001, 650056), Finding.CONSENT_MISSING),
    **dict.fromkeys((53003, 530032), Finding.CONDITIONAL_ACCESS),
    **dict.fromkeys((700211, 700212, 700213, 7002138), Finding.FEDERATION_MISMATCH),
    **dict.fromkeys((50000, 90006, 90012, 90024, 90033), Finding.ENTRA_UNREACHABLE),
}


def finding_of(codes: Iterable[int]) -> Finding:
    """Return what the first number that is known here means."""
    return next((FINDINGS[code] for code in codes if code in FINDINGS), Finding.ENTRA_REFUSES)
