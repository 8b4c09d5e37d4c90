"""
Mobile device mailbox policies: what may stand in one, and what differs between two.

Settings are canonical when `check` or `read` returned them: plain values that JSON can
keep. A desired state that comes back from storage goes through `check` once more.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches

from shared.devices import policy_values
from shared.devices.policy_settings import IMPLIED, PARAMETERS, Outlook, Value
from shared.errors import Conflict, Rejected

Settings = dict[str, Value]
Differences = dict[str, tuple[Value, Value]]  # by name: how it is, how it should be

_GLIMPSE = 40  # characters shown of a name or value nobody has checked
_BY_LOWER_CASE = {name.lower(): name for name in PARAMETERS}


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """One policy as Exchange shows it."""

    name: str
    identity: str  # Exchange's GUID for it: survives a new name
    is_default: bool
    settings: Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyChange:
    """What an order does to a policy; `changes` is empty where it is in place already."""

    name: str  # afterwards
    before: Policy | None  # None: it has to be created
    changes: Differences
    default_taken_from: str = ""  # the policy that stops being the default
    after: Policy | None = None  # once carried out

    @property
    def is_in_place(self) -> bool:
        """Whether nothing is to be done."""
        return self.before is not None and not self.changes

    @property
    def says(self) -> str:
        """What it does, in a few words."""
        if self.is_in_place:
            return f"policy {self.name} is as ordered already"
        verb = "changed" if self.before else "created"
        moved = f"; the default instead of {self.default_taken_from}"
        changed = f" ({', '.join(self.changes)})" if self.changes else ""
        return f"policy {self.name} {verb}{changed}{moved if self.default_taken_from else ''}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment:
    """The policy a mailbox is under."""

    mailbox: str
    policy: str  # its name; may be empty while inherited
    is_inherited: bool  # follows the organisation's default policy


def check(settings: Mapping[str, object]) -> Settings:
    """Return ordered settings in canonical form; Rejected names all that are wrong, and why."""
    accepted: Settings = {}
    wrong: list[str] = []
    for name, value in settings.items():
        try:
            accepted[name] = _accepted(name, value)
        except ValueError as error:
            wrong.append(str(error))
    for cause, effect in IMPLIED.items():
        if accepted.get(cause) is True and accepted.setdefault(effect, True) is False:
            wrong.append(f"{effect}: {cause} turns it on, so it cannot be false")
    if wrong:
        raise Rejected(f"the policy's settings are wrong: {'; '.join(wrong)}")
    return {name: accepted[name] for name in PARAMETERS if name in accepted}


def read(row: Mapping[str, object]) -> Settings:
    """Return what Exchange shows in canonical form; what cannot be understood stays as it is."""
    return {name: _understood(name, row[name]) for name in PARAMETERS if name in row}


def difference(desired: Mapping[str, Value], actual: Mapping[str, Value]) -> Differences:
    """Return which desired settings are not so; what is not desired may be anything."""
    return {
        name: (actual.get(name), should)
        for name, should in desired.items()
        if _key(actual.get(name)) != _key(should)
    }


def plan(name: str, wanted: Settings, policies: Iterable[Policy]) -> PolicyChange:
    """
    Return what brings about the policy with these canonical settings.

    A Name among them is its new name; Rejected where Exchange would not obey.
    """
    known = {policy.name.casefold(): policy for policy in policies}
    new_name = str(wanted.get("Name", name))
    before, taken = known.get(name.casefold()), known.get(new_name.casefold())
    if before and taken and before != taken:
        raise Conflict(f"there already is a policy {taken.name}: choose another name")
    # Where only the new name is known, an earlier attempt has renamed the policy.
    before = before or taken
    if before:
        _refuse_the_impossible(wanted, before)
    default = next((each.name for each in known.values() if each.is_default), "")
    takes_over = wanted.get("IsDefault") is True and not (before and before.is_default)
    return PolicyChange(
        name=new_name,
        before=before,
        changes=difference(wanted, before.settings if before else {}),
        default_taken_from=default if takes_over else "",
    )


def outlook_report(settings: Iterable[str]) -> dict[str, Outlook]:
    """Return what Outlook for iOS and Android does with each of these settings."""
    known = {name: PARAMETERS[name].outlook for name in settings if name in PARAMETERS}
    return {name: outlook for name, outlook in known.items() if outlook is not None}


def _accepted(name: str, value: object) -> Value:
    parameter = PARAMETERS.get(name)
    if parameter is None:
        raise ValueError(_unknown(name))
    refusal = f"{name}: takes {policy_values.allowed(parameter)}, not {_glimpse(repr(value))}"
    try:
        accepted = policy_values.canonical(parameter, value)
    except ValueError as error:
        raise ValueError(refusal) from error
    if not policy_values.is_within(parameter, accepted):
        raise ValueError(refusal)
    return accepted


def _understood(name: str, value: object) -> Value:
    try:
        return policy_values.canonical(PARAMETERS[name], value)
    except ValueError:
        return None if value is None else str(value)


def _unknown(name: str) -> str:
    shown = _glimpse(name)
    near = get_close_matches(shown.lower(), _BY_LOWER_CASE, n=1)
    hint = f"; did you mean {_BY_LOWER_CASE[near[0]]}?" if near else ""
    return f"{shown}: there is no such setting{hint}"


def _glimpse(text: str) -> str:
    return text if len(text) <= _GLIMPSE else f"{text[:_GLIMPSE]}..."


def _key(value: Value) -> object:
    """Return what to compare: a list's members are the same in any case; true is not 1."""
    if isinstance(value, tuple):
        return tuple(each.casefold() for each in value)
    return type(value), value


def _refuse_the_impossible(wanted: Settings, policy: Policy) -> None:
    if policy.is_default and wanted.get("IsDefault") is False:
        raise Rejected(
            f"policy {policy.name} is the default, and one must be: make another one the default"
        )
    for cause, effect in IMPLIED.items():
        stays = {**policy.settings, **wanted}.get(cause) is True
        if stays and wanted.get(effect) is False:
            raise Rejected(
                f"policy {policy.name} has {cause}, which turns on {effect}: make both false"
            )
