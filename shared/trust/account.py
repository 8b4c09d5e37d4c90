"""A user whom certificates are for, and how he signed in."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """What of a user decides whether a certificate is his, and since when he must sign in anew."""

    directory_id: str
    upn: str
    mail: str = ""
    on_premises_upn: str = ""
    certificate_user_ids: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()  # SMTP, in lower case, without a prefix
    is_enabled: bool | None = None
    sessions_valid_from: datetime | None = None  # tokens from before are refused


@dataclass(frozen=True, slots=True, kw_only=True)
class SignIn:
    """One entry of the sign-in log."""

    at: datetime
    by_certificate: bool | None  # None: the log does not say
    error_code: int  # 0: he came in
    failure: str = ""
    client_app: str = ""
    app_name: str = ""
