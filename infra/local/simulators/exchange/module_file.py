"""What the module downloads when it connects: the cmdlets it may run, and a banner."""

import httpx

from infra.local.simulators.exchange import answers
from infra.local.simulators.exchange.admission import Caller
from infra.local.simulators.exchange.answers import Answer
from infra.local.simulators.exchange.cmdlets import CMDLETS
from infra.local.simulators.exchange.fault_plan import MODULE_FILE


def module_file(request: httpx.Request, caller: Caller) -> httpx.Response:
    """List the cmdlets that the caller's roles hold; the banner is empty."""
    if not caller.roles:
        return answers.not_allowed_to_call(MODULE_FILE)
    if not request.url.params.get("Version", "").startswith("3."):
        return answers.answer(400)
    if "/EXOBanner(" in request.url.path:
        return answers.success(request.url, Answer())
    if request.headers.get("CommandName") != "*":
        return answers.answer(400)
    held = sorted(cmdlet.name for cmdlet in CMDLETS.values() if cmdlet.roles & caller.roles)
    return answers.success(request.url, Answer(rows=[{"exportedCmdlets": ",".join(held)}]))
