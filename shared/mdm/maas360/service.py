"""Reads from MaaS360's web services, signed in; its refusals come out as Failures."""

from collections.abc import Mapping

from shared.errors import Misconfigured, Rejected
from shared.mdm.maas360.session import Session
from shared.mdm.maas360.wire import Answer, Told, Wire, refusal

UNAUTHORIZED, FORBIDDEN, NOT_FOUND = 401, 403, 404


class Service:
    """One customer's web services."""

    def __init__(self, wire: Wire, session: Session) -> None:
        self._wire = wire
        self._session = session

    def get(self, path: str, query: Mapping[str, str]) -> Told:
        """Return what is there; a token that is refused is renewed once."""
        token = self._session.token()
        answer = self._wire.get(path, query, token.authorization)
        if answer.status == UNAUTHORIZED:
            token = self._session.renewed(token)
            answer = self._wire.get(path, query, token.authorization)
        return self._good(answer)

    def proof(self) -> str:
        """Return with which secret, and which version of it, we are signed in."""
        secret = self._session.token().secret
        return f"{secret.name}/{secret.version}"

    def _good(self, answer: Answer) -> Told:
        why = refusal(answer.told)
        if answer.status in {UNAUTHORIZED, FORBIDDEN}:
            raise Misconfigured(
                f"MaaS360 does not let this account ask for devices (HTTP {answer.status}: {why}): "
                "give it a role with the right to the web services for devices"
            )
        if answer.status == NOT_FOUND:
            raise Misconfigured(
                f"MaaS360 does not know what it was asked for (HTTP {answer.status}: {why}): see "
                "that account and base_url of the sender are right"
            )
        if answer.is_success and why:
            self._session.forget()  # it may be the token that displeases, even so
        if not answer.is_success or why:
            raise Rejected(f"MaaS360 refuses what it was asked (HTTP {answer.status}: {why})")
        return answer.told
