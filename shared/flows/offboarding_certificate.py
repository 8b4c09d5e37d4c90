"""Whether the certificate on a lost phone is revoked; if not, what its authority has to do."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from shared.devices.offboarding import OffboardingRun, Outcome, Result
from shared.devices.offboarding_words import OLD_LIST
from shared.errors import Rejected
from shared.flows.crl_check import CrlReport
from shared.flows.offboarding_ports import OffboardingPorts
from shared.flows.ports import Clock
from shared.trust.authority import Authority


@dataclass(frozen=True, slots=True, kw_only=True)
class OffboardedCertificate:
    """Looks at the revocation list; revoking is the business of whoever runs the authority."""

    ports: OffboardingPorts
    clock: Clock

    def judged(self, run: OffboardingRun) -> Result:
        """Return what the list says; Rejected if it cannot be told which list it is."""
        if not run.order.serial_number:
            return self._result(Outcome.NOT_ASKED, "no serial number was given")
        report = self.ports.revocations.look(self.issuer(run.order.issuer))
        says, serial = f"certificate {run.order.serial_number}", run.order.serial_number
        to_do = _remedy(report, serial)
        if report.base is None or not report.is_usable:
            told = "; ".join(each.says for each in report.troubles)
            unsure = f"whether {says} is still accepted is not known"
            return self._result(Outcome.FAILED, f"no usable list: {told}", unsure, to_do)
        listed = report.listed(serial)
        if listed is not None:
            since = f"{says} is revoked since {_shown(listed.revoked_at)}"
            return self._result(Outcome.DONE, since, OLD_LIST)
        made_at = max(each.this_update for each in (report.base, report.delta) if each)
        age = "from before the order" if made_at < run.ordered_at else "newer than the order"
        return self._result(
            Outcome.FAILED,
            f"{says} is not on the list of {_shown(made_at)}, which is {age}",
            f"{says} is still accepted: it is not revoked, or the list with it is not published",
            to_do,
        )

    def issuer(self, thumbprint: str) -> Authority:
        """Return the authority that is meant; Rejected if there is none, or several could be."""
        found = {each.thumbprint: each for each in self.ports.authorities.authorities()}
        if thumbprint in found:
            return found[thumbprint]
        for each in self.ports.authorities.classic_authorities():
            found.setdefault(each.thumbprint, each)
        if thumbprint:
            if thumbprint not in found:
                raise Rejected(f"the tenant trusts no authority {thumbprint}: check `issuer`")
            return found[thumbprint]
        if len(found) != 1:
            raise _not_one(list(found.values()))
        return next(iter(found.values()))

    def _result(self, outcome: Outcome, says: str, unsure: str = "", remedy: str = "") -> Result:
        return Result(outcome=outcome, at=self.clock(), says=says, unsure=unsure, remedy=remedy)


def _not_one(found: Sequence[Authority]) -> Rejected:
    named = ", ".join(f"{each.name or 'unnamed'} {each.thumbprint}" for each in found)
    return Rejected(
        f"{len(found)} authorities could have issued it: give `issuer`, the SHA-256 of the "
        f"authority's certificate; the tenant trusts {named or 'none'}"
    )


def _remedy(report: CrlReport, serial: str) -> str:
    """Say what the administrator of the authority has to do, and how long the old list holds."""
    name, url = report.authority.name or report.authority.thumbprint, report.authority.crl_url
    until = report.next_update
    cached = (
        f"; Entra ID may keep the present list until its NextUpdate, {_shown(until)}"
        if until
        else "; the present list names no NextUpdate: how long Entra ID keeps it is not known"
    )
    where = f" at {url}" if url else ", and set its address: the authority has none"
    held = cached if report.base is not None else ""
    return f"let the administrator of {name} revoke {serial} and publish the list{where}{held}"


def _shown(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC"
