"""App settings: the process's environment, and the words that refer to it."""

import logging
import os
import re
from collections.abc import Mapping

log = logging.getLogger(__name__)


class SettingError(Exception):
    """A setting is missing or cannot be used; what needs it does not start."""


class Settings:
    """App settings by name; letter case does not matter, as on the platform."""

    def __init__(self, values: Mapping[str, str]) -> None:
        self._values = {name.lower(): value for name, value in values.items()}

    def get(self, name: str) -> str | None:
        """Return the value, or None."""
        return self._values.get(name.lower())

    def resolve(self, text: str) -> str:
        """Put values in the place of `%NAME%`; SettingError if one is missing."""
        return re.sub(r"%([^%]+)%", lambda match: self._required(match[1]), text)

    def connection(self, name: str) -> str:
        """
        Return the connection string a trigger's `connection` names; SettingError if there is none.

        The name is looked up with the prefix AzureWebJobs first, then as it stands.
        """
        name = name or "Storage"
        value = self.get(f"AzureWebJobs{name}") or self.get(name)
        if value is None and self.get(f"{name}__queueServiceUri"):
            raise SettingError(f"{name}: this host needs a connection string, not an identity")
        if value is None:
            raise SettingError(f"{name}: no such app setting")
        if value.startswith("UseDevelopmentStorage"):
            raise SettingError(f"{name}: the Python SDK needs the whole connection string")
        return value

    def is_disabled(self, function: str) -> bool:
        """Tell whether `AzureWebJobs.<function>.Disabled` (or with underscores) is on."""
        forms = (f"AzureWebJobs.{function}.Disabled", f"AzureWebJobs_{function}_Disabled")
        return any((self.get(form) or "").lower() in {"1", "true"} for form in forms)

    def under(self, prefix: str) -> dict[str, str]:
        """Return the settings that start with *prefix*, lower-cased and without it."""
        start = prefix.lower()
        return {k.removeprefix(start): v for k, v in self._values.items() if k.startswith(start)}

    def _required(self, name: str) -> str:
        value = self.get(name)
        if value is None:
            raise SettingError(f"{name}: no such app setting")
        return value


def adopt(platform: Mapping[str, str]) -> Settings:
    """
    Read this process's environment, without what only the cloud may set.

    CONTAINER_NAME and WEBSITE_* make the worker and the Azure SDKs think that they run in Azure;
    *platform* is what this host may say in its stead.
    """
    environment = os.environ  # noqa: TID251  a host's settings are its environment
    for name in list(environment):
        if name == "CONTAINER_NAME" or name.startswith("WEBSITE_"):
            log.warning("%s is set by Azure only: left out", name)
            del environment[name]
    environment.update(platform)
    return Settings(environment)
