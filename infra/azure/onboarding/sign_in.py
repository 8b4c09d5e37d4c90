"""
A person's sign-in, by a code that they enter in any browser; nothing of it is kept on disk.

Two programs of Microsoft's stand in for ours, since ours is not registered anywhere: one for
Microsoft Graph, one for Exchange. So there are two codes, unless a registration of your own
holds both kinds of permission.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx
import msal

from shared.errors import NotPermitted, Rejected, Retryable

GRAPH_CLIENT = "14d82eec-204b-4c2f-b7e8-296a70dab67e"  # Microsoft Graph Command Line Tools
EXCHANGE_CLIENT = "fb78d390-0c51-40cd-8e17-fdbfab77341b"  # Exchange Online PowerShell
NO_CONSENT = frozenset({65001, 90094})


@dataclass(frozen=True, slots=True, kw_only=True)
class Purpose:
    """One service to sign in to: by which program, with which permissions, and what for."""

    service: str
    client_id: str
    scopes: Mapping[str, str]  # what each is needed for

    @property
    def explained(self) -> str:
        """What the person is about to agree to."""
        lines = [f"  {scope.rpartition('/')[2]}: {why}" for scope, why in self.scopes.items()]
        return "\n".join([f"Sign in to {self.service}. What is asked for, and why:", *lines])


@dataclass(slots=True, kw_only=True)
class SignIn:
    """Signs one person in, once for each program, and keeps the tokens in memory."""

    authority: str
    http: httpx.Client
    tell: Callable[[str], None]
    _programs: dict[str, msal.PublicClientApplication] = field(default_factory=dict, init=False)

    def token(self, purpose: Purpose) -> str:
        """Return a token, from memory while it is good; Rejected if nobody signs in."""
        try:
            program = self._program(purpose.client_id)
            answer = self._silently(program, purpose) or self._by_code(program, purpose)
        except httpx.RequestError as error:
            raise Retryable(f"Entra ID cannot be reached: {type(error).__name__}") from error
        except ValueError as error:
            raise Rejected(
                "Entra ID does not know this tenant: check --tenant and --cloud"
            ) from error
        return _token(answer, purpose)

    def _program(self, client_id: str) -> msal.PublicClientApplication:
        if client_id not in self._programs:
            self._programs[client_id] = msal.PublicClientApplication(
                client_id, authority=self.authority, http_client=self.http
            )
        return self._programs[client_id]

    def _silently(
        self, program: msal.PublicClientApplication, purpose: Purpose
    ) -> dict[str, Any] | None:
        for account in program.get_accounts():
            found: dict[str, Any] | None = program.acquire_token_silent(
                list(purpose.scopes), account=account
            )
            if found:
                return found
        return None

    def _by_code(self, program: msal.PublicClientApplication, purpose: Purpose) -> dict[str, Any]:
        self.tell(purpose.explained)
        flow: dict[str, Any] = program.initiate_device_flow(scopes=list(purpose.scopes))
        if "user_code" not in flow:
            return flow
        self.tell(flow["message"])
        answer: dict[str, Any] = program.acquire_token_by_device_flow(flow)
        return answer


def _token(answer: Mapping[str, Any], purpose: Purpose) -> str:
    if token := str(answer.get("access_token") or ""):
        return token
    codes = [int(code) for code in answer.get("error_codes") or ()]
    named = ", ".join(f"AADSTS{code}" for code in codes) or str(answer.get("error"))
    if NO_CONSENT.intersection(codes):
        raise NotPermitted(
            f"nobody has agreed that the program {purpose.client_id} may do this in "
            f"{purpose.service} ({named}): let an administrator sign in, or name a registration "
            "of your own"
        )
    raise Rejected(f"the sign-in to {purpose.service} did not come about ({named})")
