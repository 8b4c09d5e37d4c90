"""Graph: what one request leads to is noted down, and tests say here what goes wrong."""

import threading
import time
import uuid
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

import httpx

from infra.local.simulators.entra.directory import Directory
from infra.local.simulators.graph.app_role_assignments import AppRoleAssignments
from infra.local.simulators.graph.applications import Applications
from infra.local.simulators.graph.bearer import Caller
from infra.local.simulators.graph.faults import ConnectionDropped, Fault, Faults, Moment
from infra.local.simulators.graph.journal import LOST, Operation
from infra.local.simulators.graph.notifications import Notifications
from infra.local.simulators.graph.objects import Objects
from infra.local.simulators.graph.organization import Organizations
from infra.local.simulators.graph.policies import Policies
from infra.local.simulators.graph.policy_documents import PolicyDocuments
from infra.local.simulators.graph.refusals import RefusedError
from infra.local.simulators.graph.replication import Replication
from infra.local.simulators.graph.role_management import RoleManagement
from infra.local.simulators.graph.rolling import Rolling
from infra.local.simulators.graph.routes import Operations
from infra.local.simulators.graph.service import Service
from infra.local.simulators.graph.service_principals import ServicePrincipals
from infra.local.simulators.graph.sessions import Sessions, SessionTimes
from infra.local.simulators.graph.sign_in_log import SignInLog
from infra.local.simulators.graph.sign_ins import SignIns
from infra.local.simulators.graph.subscriptions import Register
from infra.local.simulators.graph.subscriptions.handshake import Handshake
from infra.local.simulators.graph.subscriptions.operations import Subscriptions
from infra.local.simulators.graph.subscriptions.outbound import Outbound
from infra.local.simulators.graph.trust import ClassicStores, Domains, Methods, Trust
from infra.local.simulators.graph.trust.authorities import Authorities
from infra.local.simulators.graph.trust.certificate_method import CertificateMethod
from infra.local.simulators.graph.trust.classic_store import ClassicStore
from infra.local.simulators.graph.trust.deleted_items import DeletedItems
from infra.local.simulators.graph.trust.federations import Federations
from infra.local.simulators.graph.trust.pkis import Pkis
from infra.local.simulators.graph.trust.routes import TrustOperations
from infra.local.simulators.graph.trust.uploads import Uploads
from infra.local.simulators.graph.user_delta import UserDelta
from infra.local.simulators.graph.user_directory import UserDirectory
from infra.local.simulators.graph.users import Users


def _now() -> datetime:
    return datetime.fromtimestamp(time.time(), tz=UTC)


class Graph:
    """
    Microsoft Graph over the directory of an Entra simulator.

    *jwks* gives the keys of the login service it trusts. `policies` holds for every tenant of
    the directory; `replication.reads` is how often a new object is not found yet; and
    `latency` is in seconds by the name of a call, with "*" for any. `users` are the accounts
    of all tenants; without *outbound* nobody can subscribe to what becomes of them. Whom the
    tenants believe is in `trust`, `classic`, `methods` and `domains`, who came in `sign_ins`.
    """

    def __init__(
        self,
        *,
        directory: Directory,
        jwks: Callable[[], dict[str, Any]],
        clock: Callable[[], datetime] = _now,
        sleep: Callable[[float], None] = time.sleep,
        outbound: Outbound | None = None,
    ) -> None:
        lock = threading.RLock()
        self.operations: list[Operation] = []
        self.users = UserDirectory(clock, lock)
        self.subscriptions = Register(clock, lock)
        self.notifications = Notifications(self.subscriptions, outbound, clock, lock)
        self.users.watch(self.notifications.user_changed)
        self.trust, self.classic = Trust(clock, lock), ClassicStores(lock)
        self.methods, self.domains = Methods(lock), Domains(lock)
        self.sign_ins = SignInLog(clock, lock)
        self.policies = Policies()
        self.replication = Replication()
        self._clock, self._sleep = clock, sleep
        self._faults = Faults()
        objects = Objects(directory)
        self._rolling = Rolling(objects, self.policies)
        operations = self._handlers(objects, outbound)
        self._service = Service(
            directory=directory,
            jwks=jwks,
            routes=operations.routes(),
            faults=self._faults,
            replication=self.replication,
            clock=clock,
            lock=lock,
        )

    def __call__(self, request: httpx.Request) -> httpx.Response:
        """Answer one request and add it to `operations`."""
        name = self._service.name(request)
        self._sleep(self._faults.seconds(name))
        ours = str(uuid.uuid4())
        theirs = request.headers.get("client-request-id", ours)
        caller: Caller | None = None
        try:
            caller = self._service.admit(request)
            response = self._service.answer(request, caller)
        except RefusedError as refused:
            body = refused.body(self._clock(), ours=ours, theirs=theirs)
            response = httpx.Response(refused.status, json=body, headers=refused.headers)
        except ConnectionDropped:
            self._note(name, request, caller, LOST)
            raise
        self._note(name, request, caller, response.status_code)
        response.headers.update({"request-id": ours, "client-request-id": theirs})
        return response

    @property
    def latency(self) -> dict[str, float]:
        """How long calls take; change it in place."""
        return self._faults.latency

    @property
    def proof_audience(self) -> str:
        """What proofs of possession must be made out to; live tenants disagree with documents."""
        return self._rolling.audience

    @proof_audience.setter
    def proof_audience(self, audience: str) -> None:
        self._rolling.audience = audience

    def name(self, request: httpx.Request) -> str:
        """Return what `operations` would call this request."""
        return self._service.name(request)

    def count(self, name: str) -> int:
        """Count the calls of a name so far, whatever came of them."""
        return sum(operation.name == name for operation in tuple(self.operations))

    def fail_next(
        self,
        status: int,
        *,
        on: str = "",
        moment: Moment = Moment.BEFORE,
        code: str = "",
        headers: Mapping[str, str] | None = None,
        times: int = 1,
    ) -> None:
        """Answer the next *times* authenticated calls named *on*, or any, with *status*."""
        fault = Fault(on=on, moment=moment, status=status, code=code, headers=headers or {})
        self._faults.order(fault, times)

    def drop_next(self, *, on: str = "", moment: Moment = Moment.BEFORE, times: int = 1) -> None:
        """Cut the connection of the next *times* calls named *on*, or of any."""
        self._faults.order(Fault(on=on, moment=moment), times)

    def _handlers(self, objects: Objects, outbound: Outbound | None) -> Operations:
        handshake, times = Handshake(outbound, self._clock), SessionTimes()
        applications = Applications(objects, self.policies)
        return Operations(
            applications=applications,
            rolling=self._rolling,
            principals=ServicePrincipals(objects),
            grants=AppRoleAssignments(objects),
            roles=RoleManagement(objects),
            policies=PolicyDocuments(objects, self.policies),
            organizations=Organizations(self.domains),
            trust=self._trust_handlers(applications, outbound),
            users=Users(self.users, times),
            sessions=Sessions(self.users, times),
            sign_ins=SignIns(self.sign_ins),
            user_delta=UserDelta(self.users),
            subscriptions=Subscriptions(self.subscriptions, self.users, handshake, outbound),
        )

    def _trust_handlers(
        self, applications: Applications, outbound: Outbound | None
    ) -> TrustOperations:
        pkis = Pkis(self.trust, self.methods)
        return TrustOperations(
            pkis=pkis,
            authorities=Authorities(self.trust, pkis),
            uploads=Uploads(self.trust, pkis, outbound),
            deleted=DeletedItems(self.trust, applications),
            classic=ClassicStore(self.classic),
            method=CertificateMethod(self.methods),
            federations=Federations(self.domains),
        )

    def _note(self, name: str, request: httpx.Request, caller: Caller | None, status: int) -> None:
        self.operations.append(
            Operation(
                name=name,
                method=request.method,
                path=request.url.raw_path.decode("ascii").partition("?")[0],
                principal_id=caller.object_id if caller else "",
                status=status,
            )
        )
