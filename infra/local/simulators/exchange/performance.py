"""The performance of one command: bind, ask, run, and cut the rows into pages."""

from dataclasses import dataclass, field
from datetime import datetime

import httpx

from infra.local.simulators.exchange import answers, rows
from infra.local.simulators.exchange.admission import Caller
from infra.local.simulators.exchange.answers import Answer, ErrorStyle
from infra.local.simulators.exchange.cmdlet import Cmdlet, Context, Outcome
from infra.local.simulators.exchange.cmdlets import CMDLETS
from infra.local.simulators.exchange.envelope import Invocation
from infra.local.simulators.exchange.errors import CmdletError
from infra.local.simulators.exchange.paging import TRUNCATED, Page, Paging

QUESTION = "Are you sure you want to perform this action?"


@dataclass(slots=True, kw_only=True)
class Performance:
    """A command about to be run; a fault decides whether and when it is."""

    caller: Caller
    call: Invocation
    url: httpx.URL
    paging: Paging
    style: ErrorStyle
    now: datetime
    executed: bool = field(default=False, init=False)

    def __call__(self) -> httpx.Response:
        """Run the command and answer."""
        cmdlet = CMDLETS.get(self.call.cmdlet)
        if cmdlet is None or not cmdlet.roles & self.caller.roles:
            return answers.nul_403()
        try:
            answer = self._answer(cmdlet)
        except CmdletError as failed:
            return answers.error(failed, self.style)
        return answers.success(str(self.url.copy_with(query=None)), answer)

    def _answer(self, cmdlet: Cmdlet) -> Answer:
        arguments = cmdlet.bind(self.call.parameters)
        tenant = str(self.caller.tenant.tenant_id)
        if self.call.skip_token is not None:
            return self._sent(self.paging.next(self.call, tenant=tenant, now=self.now), Outcome())
        if cmdlet.must_ask(arguments):
            return Answer(confirmation=QUESTION)
        outcome = Outcome()
        if not arguments.flag("WhatIf"):
            outcome = cmdlet.run(Context(tenant=self.caller.tenant, now=self.now), arguments)
            self.executed = True
        page = self.paging.first(outcome.rows, self.call, tenant=tenant, now=self.now)
        return self._sent(page, outcome)

    def _sent(self, page: Page, outcome: Outcome) -> Answer:
        more = page.skip_token is not None
        return Answer(
            rows=[rows.annotate(row(), self.call.select) for row in page.rows],
            warnings=[*outcome.warnings, *([TRUNCATED] if more else [])],
            next_link=str(self.url.copy_set_param("$skiptoken", page.skip_token)) if more else None,
        )
