"""The service principal made known to Exchange, so that it can be member of a role group."""

from dataclasses import dataclass

from infra.azure.onboarding.exchange import Cmdlets, text
from infra.azure.onboarding.known import Known
from infra.azure.onboarding.steps import Kind, Standing
from infra.azure.onboarding.wanted import Wanted
from shared.errors import NotFound, Rejected
from shared.exchange.transport import Row

SAYS = "service principal in Exchange"
IDS = ("ObjectId", "AppId", "Name", "DisplayName", "Identity", "Guid", "DistinguishedName")


@dataclass(frozen=True, slots=True, kw_only=True)
class ExchangePrincipalStep:
    """Tells Exchange of the service principal, by the object id of Entra's, not the app's."""

    cmdlets: Cmdlets
    wanted: Wanted
    known: Known
    marks: frozenset[str] = frozenset({"exchange-principal"})

    def look(self) -> Standing:
        """Find it, also under an object id that it no longer has."""
        if (row := self._found()) is None:
            return Standing(Kind.CREATE, SAYS)
        stands = text(row, "ObjectId")
        if self.known.principal_id and stands.casefold() != self.known.principal_id.casefold():
            raise Rejected(
                f"Exchange knows the application by object id {stands}, and Entra ID by "
                f"{self.known.principal_id}: that principal is gone; run Remove-ServicePrincipal "
                f"{stands} and start again"
            )
        return Standing(Kind.IN_PLACE, SAYS)

    def apply(self) -> None:
        """Tell Exchange."""
        found = self.known.application
        if found is None or not self.known.principal_id:
            raise NotFound("the service principal is not there yet")
        self.cmdlets.run(
            "New-ServicePrincipal",
            AppId=found.client_id,
            ObjectId=self.known.principal_id,
            DisplayName=self.wanted.name,
        )

    def leftover(self) -> str:
        """Say whether Exchange knows it from us."""
        stands = self._found()
        return SAYS if stands and self.known.made("exchange-principal") else ""

    def undo(self) -> None:
        """Let Exchange forget it."""
        if (row := self._found()) is not None:
            self.cmdlets.run("Remove-ServicePrincipal", Identity=text(row, "ObjectId"))

    def _found(self) -> Row | None:
        """Find it by the client id, and note by which names groups may list it."""
        self.known.exchange_ids = frozenset()
        if (found := self.known.application) is None:
            return None
        own = found.client_id.casefold()
        for row in self.cmdlets.rows("Get-ServicePrincipal"):
            if text(row, "AppId").casefold() == own:
                ids = {text(row, each).casefold() for each in IDS}
                self.known.exchange_ids = frozenset(ids - {""})
                return row
        return None
