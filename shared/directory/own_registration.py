"""What a validation reads in Microsoft Graph: the app's own registration."""

from collections.abc import Callable
from dataclasses import dataclass

from shared.credentials.certificate import App, Certificate
from shared.directory.applications import Applications
from shared.directory.registration import Registration


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnRegistration:
    """Registrations, read with the token that *token* has for an app and its certificate."""

    applications: Applications
    token: Callable[[App, Certificate], str]

    def registration(self, app: App, certificate: Certificate) -> Registration:
        """Return the app's registration; NotPermitted if it may not be read."""
        return self.applications.registration(self.token(app, certificate), app.client_id)
