"""What each code means and what to do about it: one remedy for each."""

from collections.abc import Mapping

from shared.credentials.findings import Advice
from shared.trust.doctor.advice import authorities, method, reading, sign_in
from shared.trust.doctor.codes import Code

__all__ = ["ADVICE"]

ADVICE: Mapping[Code, Advice] = {
    **reading.ADVICE,
    **sign_in.ADVICE,
    **authorities.ADVICE,
    **method.ADVICE,
}
