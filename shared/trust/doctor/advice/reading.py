"""What could not be read, or was not asked."""

from collections.abc import Mapping

from shared.credentials.findings import Advice, Grade
from shared.trust.doctor.codes import Code

ADVICE: Mapping[Code, Advice] = {
    Code.NOT_PERMITTED: Advice(
        Grade.UNKNOWN,
        "the app may not read this",
        "grant the permission that is named here, with admin consent",
    ),
    Code.NOT_ANSWERED: Advice(
        Grade.UNKNOWN,
        "this cannot be read now",
        "validate again in some minutes",
    ),
    Code.NOT_TOLD: Advice(
        Grade.UNKNOWN,
        "this was asked, and the answer is a refusal",
        "look the answer up in Microsoft's documentation, and validate again",
    ),
    Code.USER_NOT_GIVEN: Advice(
        Grade.UNKNOWN,
        "nobody was named whom this is about",
        "validate again with the UPN of a user",
    ),
    Code.USER_UNKNOWN: Advice(
        Grade.FAIL,
        "the tenant has no such user",
        "check the UPN",
    ),
    Code.NOT_IN_USE: Advice(
        Grade.WARN,
        "nobody signs in with a certificate here",
        "leave it so, or trust an authority first and switch the method on after that",
    ),
    Code.USE_UNKNOWN: Advice(
        Grade.UNKNOWN,
        "it cannot be told whether anybody signs in with a certificate here",
        "mend what keeps the other rows from being read",
    ),
}
