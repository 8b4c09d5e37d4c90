"""The domains of a tenant, and how those that are federated are asked to sign a user in."""

from dataclasses import dataclass
from enum import StrEnum


class PromptLogin(StrEnum):
    """What becomes of an app's wish for a fresh sign-in on its way to the federation server."""

    TRANSLATE = "translateToFreshPasswordAuthentication"  # into one for a password: no certificate
    NATIVE = "nativeSupport"
    DISABLED = "disabled"


@dataclass(frozen=True, slots=True, kw_only=True)
class Federation:
    """How Entra ID talks to the federation server of a domain."""

    configuration_id: str
    prompt_login: PromptLogin | None  # None: not set, which works like TRANSLATE
    unknown_prompt_login: str = ""  # a value that we do not know


@dataclass(frozen=True, slots=True, kw_only=True)
class Domain:
    """A domain by which users sign in."""

    name: str
    is_federated: bool
    is_verified: bool
    federation: Federation | None = None  # None: not federated, or nothing is configured
