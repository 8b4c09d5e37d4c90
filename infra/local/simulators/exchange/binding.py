"""How JSON values become parameters: nothing binds that the service would not bind."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from infra.local.simulators.exchange import errors

Binder = Callable[[str, object], object]  # (parameter, JSON value) -> bound value, or CmdletError
HASH_TABLE = "#Exchange.GenericHashTable"


@dataclass(frozen=True, slots=True)
class ListChange:
    """A change of a multi-valued property; members are compared without regard to case."""

    replace: tuple[str, ...] | None  # None: add and remove instead
    add: tuple[str, ...] = ()
    remove: tuple[str, ...] = ()

    def applied_to(self, existing: Sequence[str]) -> list[str]:
        """Return the list after the change."""
        kept = list(existing) if self.replace is None else []
        gone = {value.casefold() for value in self.remove}
        result = [value for value in kept if value.casefold() not in gone]
        for value in self.replace or self.add:
            if value.casefold() not in {present.casefold() for present in result}:
                result.append(value)
        return result


@dataclass(frozen=True, slots=True)
class Arguments:
    """The bound parameters of one call; an absent and a null text read the same."""

    values: Mapping[str, object]

    def __contains__(self, name: str) -> bool:
        return name in self.values

    def text(self, name: str) -> str | None:
        """Return a text parameter."""
        value = self.values.get(name)
        return value if isinstance(value, str) else None

    def flag(self, name: str) -> bool:
        """Return a switch, false where absent."""
        return self.values.get(name) is True

    def change(self, name: str) -> ListChange | None:
        """Return a list change."""
        value = self.values.get(name)
        return value if isinstance(value, ListChange) else None

    def texts(self, name: str) -> tuple[str, ...]:
        """Return an array of texts, empty where absent."""
        value = self.values.get(name)
        return value if isinstance(value, tuple) else ()

    def applied_to(self, settings: Mapping[str, object], names: Iterable[str]) -> dict[str, object]:
        """Return the settings with those of these names changed that were given."""
        changed = dict(settings)
        for name in names:
            if (change := self.change(name)) is not None:
                held = settings[name]
                changed[name] = change.applied_to(held if isinstance(held, list) else [])
            elif name in self:
                changed[name] = self.values[name]
        return changed


def text(name: str, value: object) -> str:
    """Bind a text that may be neither null nor empty."""
    if not isinstance(value, str) or not value:
        raise errors.bad_value(name, value, "System.String")
    return value


def guid(name: str, value: object) -> str:
    """Bind the text of a GUID."""
    try:
        return str(UUID(text(name, value)))
    except ValueError as error:
        raise errors.bad_value(name, value, "System.Guid") from error


def text_or_null(name: str, value: object) -> str | None:
    """Bind a text; null and the empty text mean that nothing was given."""
    return text(name, value) if value else None


def at_most(length: int) -> Binder:
    """Bind a text of limited length, or null."""

    def bind(name: str, value: object) -> str | None:
        bound = text_or_null(name, value)
        if bound and len(bound) > length:
            raise errors.bad_value(name, bound[:20], "System.String", f"Maximum length: {length}.")
        return bound

    return bind


def boolean(name: str, value: object) -> bool:
    """Bind a boolean or a switch: JSON true or false, never a text."""
    if not isinstance(value, bool):
        raise errors.bad_value(name, value, "System.Boolean")
    return value


def or_null(bound: Binder) -> Binder:
    """Bind what *bound* binds, or null."""
    return lambda name, value: None if value is None else bound(name, value)


boolean_or_null = or_null(boolean)


def choice(kind: Iterable[str], dotnet: str) -> Binder:
    """Bind an enum by name or unambiguous prefix, in any case, as PowerShell does."""
    members = list(kind)

    def bind(name: str, value: object) -> str:
        given = value.casefold() if isinstance(value, str) else ""
        names = [member for member in members if member.casefold().startswith(given)]
        exact = [member for member in names if member.casefold() == given]
        if given and len(exact or names) == 1:
            return (exact or names)[0]
        hint = (
            f'Error: "Unable to match the identifier name {value} to a valid enumerator name.'
            " Specify one of the following enumerator names and try again:"
            f' {", ".join(members)}"'
        )
        raise errors.bad_value(name, value, dotnet, hint)

    return bind


def result_size(name: str, value: object) -> int | None:
    """Bind a positive number or Unlimited; Unlimited is None."""
    if isinstance(value, str) and value.casefold() == "unlimited":
        return None
    number = int(value) if isinstance(value, str) and value.isascii() and value.isdigit() else value
    if isinstance(number, bool) or not isinstance(number, int) or number < 1:
        raise errors.bad_value(name, value, "Microsoft.Exchange.Data.Unlimited`1[System.UInt32]")
    return number


def texts(name: str, value: object) -> tuple[str, ...]:
    """Bind a plain array of texts."""
    if not isinstance(value, list):
        raise errors.bad_value(name, value, "System.String[]")
    return tuple(text(name, item) for item in value)


def each(bound: Binder) -> Binder:
    """Bind an array whose members *bound* binds."""

    def bind(name: str, value: object) -> tuple[object, ...]:
        if not isinstance(value, list):
            raise errors.bad_value(name, value, "System.Array")
        return tuple(bound(name, item) for item in value)

    return bind


def list_change(name: str, value: object) -> ListChange:
    """Bind a full replacement (array, or null to clear) or an annotated Add/Remove table."""
    if value is None:
        return ListChange(())
    if isinstance(value, list):
        return ListChange(texts(name, value))
    kind = "Microsoft.Exchange.Data.MultiValuedProperty`1[System.String]"
    # Without its annotation a table arrives as a raw JObject, which nothing converts.
    if not isinstance(value, dict) or value.get("@odata.type") != HASH_TABLE:
        raise errors.bad_value(name, value, kind)
    table = {key.casefold(): item for key, item in value.items() if key != "@odata.type"}
    if not table or not table.keys() <= {"add", "remove"}:
        raise errors.bad_value(name, value, kind, "Use the keys Add and Remove.")
    return ListChange(None, _some(name, table.get("add")), _some(name, table.get("remove")))


def _some(name: str, value: object) -> tuple[str, ...]:
    if value is None:
        return ()
    return texts(name, value if isinstance(value, list) else [value])
