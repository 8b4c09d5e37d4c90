"""What each finding means and what to do about it: one remedy for each code."""

from collections.abc import Mapping

from shared.credentials.advice import entra, exchange, vault
from shared.credentials.findings import Advice, Finding, Grade

__all__ = ["ADVICE"]

ADVICE: Mapping[Finding, Advice] = {
    Finding.NOT_TRIED: Advice(
        Grade.UNKNOWN,
        "an earlier link is broken, so this one was not tried",
        "mend the broken link and validate again",
    ),
    **vault.ADVICE,
    **entra.ADVICE,
    **exchange.ADVICE,
}
