"""The log of sign-ins: what it holds of each, and for how long."""

import threading
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from infra.local.simulators.graph.shapes import instant

KEPT = timedelta(days=30)
CERTIFICATE = "X.509 Certificate"
EXCHANGE = ("Office 365 Exchange Online", "00000002-0000-0ff1-ce00-000000000000")


@dataclass(frozen=True, slots=True, kw_only=True)
class SignIn:
    """One sign-in of a user, interactive as both versions of the list understand it."""

    tenant_id: str
    user_id: str
    user_principal_name: str
    created: datetime
    error_code: int = 0  # zero for success
    failure_reason: str | None = None
    client_app_used: str = "Exchange ActiveSync"
    app: tuple[str, str] = EXCHANGE  # name and id
    method: str | None = CERTIFICATE  # None: the log does not tell the steps
    sign_in_id: str = field(default_factory=lambda: str(uuid.uuid4()))

    @property
    def shape(self) -> dict[str, Any]:
        """Return it as v1.0 shows it, which says nothing of methods."""
        app, app_id = self.app
        return {
            "id": self.sign_in_id,
            "createdDateTime": instant(self.created),
            "userDisplayName": self.user_principal_name.partition("@")[0],
            "userPrincipalName": self.user_principal_name.lower(),
            "userId": self.user_id,
            "appId": app_id,
            "appDisplayName": app,
            "ipAddress": "203.0.113.7",
            "clientAppUsed": self.client_app_used,
            "correlationId": self.sign_in_id,
            "conditionalAccessStatus": "notApplied",
            "isInteractive": True,
            "riskState": "none",
            "resourceDisplayName": EXCHANGE[0],
            "resourceId": EXCHANGE[1],
            "status": {
                "errorCode": self.error_code,
                "failureReason": self.failure_reason or ("Other." if not self.error_code else None),
                "additionalDetails": None,
            },
            "appliedConditionalAccessPolicies": [],
        }

    @property
    def beta_shape(self) -> dict[str, Any]:
        """Return it as beta shows it, with the steps of the sign-in."""
        step = {
            "authenticationStepDateTime": instant(self.created),
            "authenticationMethod": self.method,
            "authenticationMethodDetail": None,
            "succeeded": self.error_code == 0,
            "authenticationStepResultDetail": self.failure_reason,
            "authenticationStepRequirement": "Primary authentication",
        }
        return {
            **self.shape,
            "authenticationRequirement": "singleFactorAuthentication",
            "authenticationDetails": [step] if self.method else [],
        }


class SignInLog:
    """The sign-ins of all tenants; `delay` is how long one takes to be seen."""

    def __init__(self, clock: Callable[[], datetime], lock: threading.RLock) -> None:
        self.delay = timedelta()
        self.unlicensed: set[str] = set()  # tenants without a premium licence
        self._clock, self._lock = clock, lock
        self._entries: list[SignIn] = []

    def add(
        self,
        tenant_id: str,
        user_principal_name: str,
        *,
        user_id: str = "",
        created: datetime | None = None,
        **more: Any,  # noqa: ANN401 -- any other field of a sign-in
    ) -> SignIn:
        """Add a sign-in, now unless another time is said."""
        entry = SignIn(
            tenant_id=tenant_id.lower(),
            user_id=user_id or str(uuid.uuid4()),
            user_principal_name=user_principal_name,
            created=created or self._clock(),
            **more,
        )
        with self._lock:
            self._entries.append(entry)
        return entry

    def seen(self, tenant_id: str) -> list[SignIn]:
        """Return what the log shows of a tenant, the latest first."""
        now = self._clock()
        found = [
            one
            for one in self._entries
            if one.tenant_id == tenant_id and now - KEPT <= one.created <= now - self.delay
        ]
        return sorted(found, key=lambda one: one.created, reverse=True)
