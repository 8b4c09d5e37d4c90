"""The host's front door: which request goes to which function, and who is let in."""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass

from infra.local.host import asgi, eventgrid, http, routes
from infra.local.host.admin import Admin
from infra.local.host.asgi import Receive, Reply, Request, Scope, Send, TooLargeError
from infra.local.host.easy_auth import EasyAuth
from infra.local.host.index import IndexedFunction
from infra.local.host.invoke import Call, Outcome
from infra.local.host.keys import Keys
from infra.local.host.routes import Route


@dataclass(frozen=True, kw_only=True)
class Front:
    """An ASGI application; *functions* are those that are not disabled."""

    functions: Iterable[IndexedFunction]
    routes: Sequence[Route]
    keys: Keys
    admin: Admin
    call_http: Callable[[Call], Awaitable[Outcome]]
    call_event: Callable[[Call], Awaitable[Outcome]]
    sign_in: EasyAuth | None
    body_limit: int = asgi.BODY_LIMIT

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            return
        try:
            request = await asgi.read(scope, receive, self.body_limit)
            reply = await self._guarded(request)
        except TooLargeError:
            reply = Reply(413, headers=[("connection", "close")])
        await asgi.write(reply, send)

    async def _guarded(self, request: Request) -> Reply:
        if self.sign_in is None:
            return await self._answer(request)
        reply = self.sign_in.answer(request)
        return reply or await self._answer(self.sign_in.vouch(request))

    async def _answer(self, request: Request) -> Reply:
        path = request.path.rstrip("/").lower()
        if path.startswith("/admin/"):
            admitted = self.keys.admit(request, "admin")
            return await self.admin.answer(request) if admitted else Reply(401)
        if path == eventgrid.PATH:
            return await self._event(request)
        if path == "":
            return Reply(200, b"The function host is running.", [http.PLAIN_TEXT])
        return await self._function(request)

    async def _function(self, request: Request) -> Reply:
        found = routes.find(self.routes, request.method, request.path)
        if found is None:
            return Reply(404)
        route, parameters = found
        level = route.function.trigger.properties.get("authLevel", "function")
        if not self.keys.admit(request, str(level)):
            return Reply(401)
        outcome = await self.call_http(http.call_for(route.function, request, parameters))
        return http.reply_to(route.function, outcome)

    async def _event(self, request: Request) -> Reply:
        if not self.keys.admit(request, "function"):
            return Reply(401)
        wanted = request.query.get("functionName", "").lower()
        for function in self.functions:
            if function.trigger.type == "eventGridTrigger" and function.name.lower() == wanted:
                if request.method not in eventgrid.METHODS:
                    return Reply(405)
                return await eventgrid.receive(function, request, self.call_event)
        return Reply(404)
