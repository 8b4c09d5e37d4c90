"""The performance of one command: bind, ask, run, and cut the rows into pages."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from threading import RLock

import httpx

from infra.local.simulators.exchange import answers, clixml, rows
from infra.local.simulators.exchange.admission import Caller
from infra.local.simulators.exchange.answers import Answer, ErrorStyle
from infra.local.simulators.exchange.cmdlet import Cmdlet, Context, Outcome
from infra.local.simulators.exchange.cmdlets import CMDLETS
from infra.local.simulators.exchange.envelope import Form, Invocation
from infra.local.simulators.exchange.errors import CmdletError
from infra.local.simulators.exchange.paging import TRUNCATED, Page, Paging
from infra.local.simulators.exchange.rows import Values
from infra.local.simulators.exchange.tenant import Tenant

QUESTION = "Are you sure you want to perform this action?"


@dataclass(frozen=True, slots=True)
class Errand:
    """Something other than a cmdlet that a fault may run, or not."""

    tenant: Tenant
    run: Callable[[], httpx.Response]
    parameters: Mapping[str, object] = field(default_factory=dict)
    is_continued: bool = False

    def __call__(self) -> httpx.Response:
        """Run it."""
        return self.run()


@dataclass(slots=True, kw_only=True)
class Performance:
    """A command about to be run; a fault decides whether and when it is."""

    caller: Caller
    call: Invocation
    url: httpx.URL
    paging: Paging
    style: ErrorStyle
    now: datetime
    lock: RLock
    executed: bool = field(default=False, init=False)

    @property
    def tenant(self) -> Tenant:
        """The tenant it runs in."""
        return self.caller.tenant

    @property
    def parameters(self) -> Mapping[str, object]:
        """The parameters as they were sent."""
        return self.call.parameters

    @property
    def is_continued(self) -> bool:
        """Whether it asks for a further page."""
        return self.call.skip_token is not None

    def __call__(self) -> httpx.Response:
        """Run the command and answer."""
        cmdlet = CMDLETS.get(self.call.cmdlet)
        if cmdlet is None or not cmdlet.roles & self.caller.roles:
            refused = self.call.form is Form.GET
            return answers.not_allowed_to_call(self.call.cmdlet) if refused else answers.nul_403()
        try:
            with self.lock:
                answer = self._answer(cmdlet)
        except CmdletError as failed:
            return answers.error(failed, self.style)
        return answers.success(self.url, answer)

    def _answer(self, cmdlet: Cmdlet) -> Answer:
        arguments = cmdlet.bind(self.call.parameters)
        tenant = str(self.tenant.tenant_id)
        if self.is_continued:
            return self._sent(self.paging.next(self.call, tenant=tenant, now=self.now), Outcome())
        if cmdlet.must_ask(arguments):
            return Answer(confirmation=QUESTION)
        outcome = Outcome()
        if not arguments.flag("WhatIf"):
            held = tuple(grant for grant in self.caller.grants if grant.roles & cmdlet.roles)
            context = Context(tenant=self.tenant, now=self.now, grants=held)
            outcome = cmdlet.run(context, arguments)
            self.executed = True
        page = self.paging.first(outcome.rows, self.call, tenant=tenant, now=self.now)
        return self._sent(page, outcome)

    def _sent(self, page: Page, outcome: Outcome) -> Answer:
        more = page.skip_token is not None
        return Answer(
            rows=[self._written(row) for row in page.rows],
            warnings=[*outcome.warnings, *([TRUNCATED] if more else [])],
            next_link=str(self.url.copy_set_param("$skiptoken", page.skip_token)) if more else None,
        )

    def _written(self, row: Values) -> Mapping[str, object]:
        selected = self.call.select
        if not self.call.wants_clixml:
            return rows.annotate(row, selected)
        names = row if selected is None else [name for name in row if name in selected]
        return clixml.row({name: row[name] for name in names})
