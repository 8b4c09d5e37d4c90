"""The one customer there is, and the administrator account that programs sign in with."""

from collections.abc import Mapping
from dataclasses import dataclass
from hmac import compare_digest


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """What is issued to a program; *billing_id* names the customer, its first digit the host."""

    billing_id: str
    app_id: str
    app_access_key: str
    user_name: str
    password: str
    platform_id: str = "3"
    app_version: str = "1.0"

    def is_meant_by(self, said: Mapping[str, str], *, secrets: Mapping[str, str]) -> bool:
        """Compare *said*, by wire names, with what identifies the account and with *secrets*."""
        wanted = {
            "billingID": self.billing_id,
            "platformID": self.platform_id,
            "appID": self.app_id,
            "appVersion": self.app_version,
            "userName": self.user_name,
            **secrets,
        }
        return all(
            compare_digest(said.get(name, "").encode(), value.encode())
            for name, value in wanted.items()
        )

    def secrets(self) -> Mapping[str, str]:
        """Return what a first sign-in proves itself with."""
        return {"appAccessKey": self.app_access_key, "password": self.password}
