"""What earlier steps have found or made, for later ones to build on."""

from dataclasses import dataclass, field

from infra.azure.onboarding import record
from infra.azure.onboarding.registered import Registered


@dataclass(slots=True, kw_only=True)
class Known:
    """Empty where nothing stands yet."""

    certificate: bytes = b""  # public, DER
    application: Registered | None = None
    principal_id: str = ""  # the application's service principal, in Entra ID
    # Other names by which Exchange knows that service principal.
    exchange_ids: frozenset[str] = frozenset()
    intended: frozenset[str] = field(default_factory=frozenset)  # what this run will make

    def made(self, mark: str) -> bool:
        """Tell whether the record says that this kit made it."""
        return self.application is not None and record.made(self.application.tags, mark)

    @property
    def is_our_application(self) -> bool:
        """Whether the application is of our making: then all that hangs on it goes with it."""
        return self.made("application")
