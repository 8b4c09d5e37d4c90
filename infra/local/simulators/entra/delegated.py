"""Tokens for applications that act for a person who has signed in elsewhere."""

import base64
import json
import secrets
from collections.abc import Callable
from datetime import datetime
from typing import Any

from infra.local.simulators.entra import standing
from infra.local.simulators.entra.device_code import DeviceCodes
from infra.local.simulators.entra.directory import Directory, Tenant
from infra.local.simulators.entra.issuer import TOKEN_SECONDS, Issuer
from infra.local.simulators.entra.people import Person
from infra.local.simulators.entra.public_clients import PublicClients
from infra.local.simulators.entra.refusals import RefusedError
from infra.local.simulators.entra.scopes import DEFAULT, Scopes
from infra.local.simulators.entra.token_request import Form, required

_VERIFICATION = "https://microsoft.com/devicelogin"


class Delegated:
    """The device authorization endpoint, and the two grants that follow from it."""

    def __init__(
        self,
        *,
        directory: Directory,
        issuer: Issuer,
        codes: DeviceCodes,
        clients: PublicClients,
        clock: Callable[[], datetime],
    ) -> None:
        self._directory, self._issuer, self._clock = directory, issuer, clock
        self._codes, self._clients = codes, clients
        self._refresh_tokens: dict[str, tuple[str, Person]] = {}  # client id and person

    def begin(self, form: Form, tenant: Tenant) -> dict[str, Any]:
        """Begin a sign-in, of whatever client: whether it may is seen at the end."""
        client_id = required(form, "client_id")
        scopes = Scopes.read(required(form, "scope"))
        standing.application(self._directory, client_id, tenant)
        standing.check_resource(self._directory, scopes.resource, tenant)
        attempt = self._codes.begin(client_id, tenant.tenant_id, scopes, self._clock())
        return {
            "user_code": attempt.user_code,
            "device_code": attempt.device_code,
            "verification_uri": _VERIFICATION,
            "expires_in": int(self._codes.lifetime.total_seconds()),
            "interval": int(attempt.interval.total_seconds()),
            "message": f"To sign in, use a web browser to open the page {_VERIFICATION} and enter "
            f"the code {attempt.user_code} to authenticate.",
        }

    def redeem(self, form: Form, tenant: Tenant) -> dict[str, Any]:
        """Return tokens for who has signed in."""
        client_id = required(form, "client_id")
        standing.application(self._directory, client_id, tenant)
        person, attempt = self._codes.redeem(
            required(form, "device_code"),
            client_id=client_id,
            tenant_id=tenant.tenant_id,
            now=self._clock(),
        )
        self._authenticate(form, client_id)
        answer = self._issue(person, client_id, attempt.scopes)
        attempt.redeemed = True
        return _described(answer, person, form)

    def refresh(self, form: Form, tenant: Tenant) -> dict[str, Any]:
        """Return new tokens for a refresh token, for any resource of the same client."""
        client_id = required(form, "client_id")
        standing.application(self._directory, client_id, tenant)
        self._authenticate(form, client_id)
        known, person = self._refresh_tokens.get(required(form, "refresh_token"), ("", None))
        if person is None or known != client_id or person.tenant_id != tenant.tenant_id:
            raise RefusedError(70000)
        scopes = Scopes.read(required(form, "scope"))
        standing.check_resource(self._directory, scopes.resource, tenant)
        return _described(self._issue(person, client_id, scopes), person, form)

    def _authenticate(self, form: Form, client_id: str) -> None:
        if not self._clients.includes(client_id):
            raise RefusedError(7000218)
        if form.get("client_assertion") or form.get("client_secret"):
            raise RefusedError(700025)

    def _issue(self, person: Person, client_id: str, scopes: Scopes) -> dict[str, Any]:
        granted = self._granted(client_id, scopes)
        now = self._clock()
        token = self._issuer.user_token(
            person, client_id=client_id, audience=scopes.resource, scopes=" ".join(granted), now=now
        )
        answer: dict[str, Any] = {
            "token_type": "Bearer",
            "scope": " ".join(scopes.asked),
            "expires_in": TOKEN_SECONDS,
            "ext_expires_in": TOKEN_SECONDS,
            "access_token": token,
        }
        if "offline_access" in scopes.openid:
            answer["refresh_token"] = secrets.token_urlsafe(256)
            self._refresh_tokens[answer["refresh_token"]] = client_id, person
        if "openid" in scopes.openid:
            answer["id_token"] = self._issuer.id_token(person, client_id=client_id, now=now)
        return answer

    def _granted(self, client_id: str, scopes: Scopes) -> list[str]:
        consented = self._clients.consented(client_id, scopes.resource)
        wanted = consented if DEFAULT in scopes.permissions else set(scopes.permissions)
        if not consented or not wanted <= consented:
            raise RefusedError(
                65001,
                "The user or administrator has not consented to use the application with ID "
                f"'{client_id}'. Send an interactive authorization request for this user and "
                "resource.",
            )
        return sorted(wanted)


def _described(answer: dict[str, Any], person: Person, form: Form) -> dict[str, Any]:
    """Add who the person is, where the client asks for it in the way MSAL does."""
    if form.get("client_info") != "1":
        return answer
    said = json.dumps({"uid": person.object_id, "utid": person.tenant_id}).encode()
    return {**answer, "client_info": base64.urlsafe_b64encode(said).decode().rstrip("=")}
