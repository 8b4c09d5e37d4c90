"""What an offboarding would do, step by step, as things stand; nothing is stored or changed."""

from collections.abc import Iterator
from dataclasses import dataclass

from shared.devices.model import Action
from shared.devices.offboard_order import WIPES_ORDERED, OffboardDevice, Wipe
from shared.devices.offboarding import OffboardingRun, Outcome, Phone, Step
from shared.devices.tenant_change import Altered
from shared.errors import NotPermitted, Rejected
from shared.flows.device_plan import DevicePlan
from shared.flows.offboarding_certificate import OffboardedCertificate
from shared.flows.offboarding_phone import OffboardedPhone
from shared.flows.offboarding_ports import OffboardingPorts
from shared.flows.offboarding_user import OffboardedUser

Line = dict[str, str]
KINDS = {True: "account-only wipe", False: "wipe of all that its client can erase"}


@dataclass(frozen=True, slots=True, kw_only=True)
class OffboardingPlan:
    """
    Asks what the steps would ask.

    Whether the phone is blocked yet is no part of it: it is blocked before anybody approves
    the rest, and the plan that was looked at has to hold after that.
    """

    ports: OffboardingPorts
    phone: OffboardedPhone
    user: OffboardedUser
    certificate: OffboardedCertificate

    def of(self, run: OffboardingRun) -> Altered:
        """Return the steps; NotFound if there is no such mailbox, Retryable for a while."""
        lines = list(self._lines(run))
        hopeless = [line["step"] for line in lines if line["would"] == Outcome.IMPOSSIBLE]
        without = f", but what cannot be done: {', '.join(hopeless)}" if hopeless else ""
        what = run.order.device_id if isinstance(run.order, OffboardDevice) else "every device"
        phones = len(run.phones or ())
        return Altered(
            says=f"{what} of {run.order.mailbox} ({phones}) is shut out{without}",
            before={"devices": phones, "steps": lines},
        )

    def _lines(self, run: OffboardingRun) -> Iterator[Line]:
        for phone in run.phones or ():
            yield from self._of_phone(run, phone)
        yield self._sessions(run)
        yield self._certificate(run)
        yield self._policy(run)
        yield self._sign_in(run)

    def _of_phone(self, run: OffboardingRun, phone: Phone) -> Iterator[Line]:
        block = self.phone.look(run, phone, Action.BLOCK)
        yield _line(Step.BLOCK, *_would(block, "blocked at once"), device_id=phone.device_id)
        if run.order.wipe is Wipe.NOTHING:
            yield _line(Step.WIPE, Outcome.NOT_ASKED, "", device_id=phone.device_id)
        else:
            wiping = self.phone.look(run, phone, WIPES_ORDERED[run.order.wipe])
            yield _line(Step.WIPE, *_wiped(wiping), device_id=phone.device_id)
        removal = self.phone.look(run, phone, Action.REMOVE)
        says = "its partnership removed; the blocked list stays"
        yield _line(Step.REMOVAL, *_would(removal, says), device_id=phone.device_id)

    def _sessions(self, run: OffboardingRun) -> Line:
        try:
            account = self.user.account(run)
        except (Rejected, NotPermitted) as refusal:
            return _line(Step.SESSIONS, Outcome.IMPOSSIBLE, str(refusal))
        return _line(Step.SESSIONS, Outcome.DONE, f"those of {account.upn} revoked")

    def _certificate(self, run: OffboardingRun) -> Line:
        if not run.order.serial_number:
            return _line(Step.CERTIFICATE, Outcome.NOT_ASKED, "")
        try:
            issuer = self.certificate.issuer(run.order.issuer)
        except (Rejected, NotPermitted) as refusal:
            return _line(Step.CERTIFICATE, Outcome.IMPOSSIBLE, str(refusal))
        says = f"looked up on the list of {issuer.name or issuer.thumbprint}"
        return _line(Step.CERTIFICATE, Outcome.DONE, says)

    def _policy(self, run: OffboardingRun) -> Line:
        try:
            standing = self.ports.policies.assignment(run.order.mailbox)
        except (Rejected, NotPermitted) as refusal:
            return _line(Step.POLICY, Outcome.IMPOSSIBLE, str(refusal))
        if standing.is_inherited:
            return _line(Step.POLICY, Outcome.DONE_BEFORE, "no policy is assigned to the mailbox")
        says = f"policy {standing.policy} taken off the mailbox, if no other device is left in it"
        return _line(Step.POLICY, Outcome.DONE, says)

    def _sign_in(self, run: OffboardingRun) -> Line:
        if not run.order.disable_sign_in:
            return _line(Step.SIGN_IN, Outcome.NOT_ASKED, "")
        try:
            account = self.user.account(run)
        except (Rejected, NotPermitted) as refusal:
            return _line(Step.SIGN_IN, Outcome.IMPOSSIBLE, str(refusal))
        is_enabled = account.is_enabled is not False
        outcome = Outcome.DONE if is_enabled else Outcome.DONE_BEFORE
        says = "blocked last, once the phone has confirmed the wipe or its time is over"
        return _line(Step.SIGN_IN, outcome, says)


def _would(found: DevicePlan, says: str) -> tuple[Outcome, str]:
    if found.refusal is not None:
        return Outcome.IMPOSSIBLE, str(found.refusal)
    return Outcome.DONE, says


def _wiped(found: DevicePlan) -> tuple[Outcome, str]:
    decided = found.decided
    if decided is None:
        return Outcome.IMPOSSIBLE, str(found.refusal)
    if decided.action is None:
        return Outcome.DONE_BEFORE, "such a wipe is requested or done already"
    return Outcome.DONE, f"{KINDS[decided.account_only]}, as {decided.device.client_type} obeys it"


def _line(step: Step, would: Outcome, says: str, *, device_id: str = "") -> Line:
    line = {"step": step.value, "would": would.value, "says": says}
    return {**line, "device_id": device_id} if device_id else line
