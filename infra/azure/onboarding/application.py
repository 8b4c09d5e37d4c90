"""The application: registered in the tenant, or chosen from what is registered there."""

from dataclasses import dataclass
from urllib.parse import quote

import msgspec

from infra.azure.onboarding import record, registered
from infra.azure.onboarding.graph import Graph, literal
from infra.azure.onboarding.known import Known
from infra.azure.onboarding.registered import READING, Registered
from infra.azure.onboarding.steps import Kind, Standing
from infra.azure.onboarding.wanted import Wanted
from shared.errors import NotFound, Rejected

WRITING = (
    "the permission Application.ReadWrite.All, and a person who is Cloud Application "
    "Administrator, Application Administrator, or owner of the application"
)


class _Listed(msgspec.Struct, rename="camel"):
    id: str
    app_id: str
    tags: list[str] = []


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplicationStep:
    """
    Finds the application by its client id, or by name and our tag.

    A name alone proves nothing: anybody may have chosen it.
    """

    graph: Graph
    wanted: Wanted
    known: Known
    marks: frozenset[str] = frozenset({"application"})

    def look(self) -> Standing:
        """Find it, and see whether its record is complete."""
        self.known.application = found = self._found()
        if found is None:
            return Standing(Kind.CREATE, f"application {self.wanted.name}")
        says = f"application {found.name}, client id {found.client_id}"
        if self._missing(found):
            return Standing(Kind.CHANGE, f"{says}: note in its tags what is made here")
        return Standing(Kind.IN_PLACE, says)

    def apply(self) -> None:
        """Register it, or complete its record."""
        found = self.known.application
        if found is not None:
            body = {"tags": record.tags(found.tags, self.known.intended)}
            self.graph.change(found.path, body, needs=WRITING)
            return
        made = self.graph.create(
            "applications",
            {
                "displayName": self.wanted.name,
                "signInAudience": "AzureADMyOrg",
                "tags": record.tags([], self.marks | self.known.intended),
            },
            _Listed,
            needs=WRITING,
        )
        # From now on it is looked for by its id: a list may lack it for a while.
        self.known.application = _just_made(made, self.wanted.name)

    def leftover(self) -> str:
        """Say whether the application goes, or only our record in it."""
        self.known.application = found = self._found()
        if found is None:
            return ""
        if self.known.is_our_application:
            return f"application {found.name}, client id {found.client_id}, and all that is on it"
        ours = set(found.tags) - set(record.others(found.tags))
        return f"our tags on application {found.name}" if ours else ""

    def undo(self) -> None:
        """Delete the application; Entra ID keeps it for 30 days. Of another's, take our tags."""
        if (found := self.known.application) is None:
            return
        if self.known.is_our_application:
            self.graph.remove(found.path, needs=WRITING)
        else:
            self.graph.change(found.path, {"tags": record.others(found.tags)}, needs=WRITING)

    def _missing(self, found: Registered) -> bool:
        wanted = record.tags(found.tags, self.known.intended)
        return bool(self.known.intended) and wanted != list(found.tags)

    def _found(self) -> Registered | None:
        if self.known.application is not None:
            return refreshed(self.graph, self.known.application)
        if self.wanted.client_id:
            return self._chosen()
        path = self._named()
        return registered.read(self.graph, path) if path else None

    def _chosen(self) -> Registered:
        path = f"applications(appId='{quote(self.wanted.client_id, safe='')}')"
        try:
            return registered.read(self.graph, path)
        except NotFound as error:
            raise Rejected(
                f"no application with client id {self.wanted.client_id} is registered in this "
                "tenant: correct --client-id, or leave it out to have one registered"
            ) from error

    def _named(self) -> str:
        """Return the path of the one application of this name, if it is ours."""
        chosen = quote(f"displayName eq {literal(self.wanted.name)}", safe="")
        path = f"applications?$filter={chosen}&$select=id,appId,tags"
        found = self.graph.rows(path, _Listed, needs=READING)
        if len(found) > 1:
            ids = " and ".join(sorted(each.app_id for each in found))
            raise Rejected(
                f"{len(found)} applications are named {self.wanted.name}: {ids}; choose one with "
                "--client-id, or another --name"
            )
        if found and record.TAG not in found[0].tags:
            raise Rejected(
                f"an application named {self.wanted.name} stands there that this kit did not "
                f"make: to use it all the same give --client-id {found[0].app_id}, or choose "
                "another --name"
            )
        return f"applications/{quote(found[0].id, safe='')}" if found else ""


def refreshed(graph: Graph, known: Registered) -> Registered:
    """Read an application again; what we know of it stands while it is not to be seen yet."""
    try:
        return registered.read(graph, known.path)
    except NotFound:
        return known


def _just_made(made: _Listed, name: str) -> Registered:
    return Registered(
        object_id=made.id,
        client_id=made.app_id,
        name=name,
        tags=tuple(made.tags),
        access=(),
        keys=(),
        raw_keys=(),
    )
