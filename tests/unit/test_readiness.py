"""What each report shows, and that it is safe to open and cheap to make."""

import csv
import io
from collections.abc import Iterator
from datetime import timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.devices.access import ConditionalAccess
from shared.devices.groups import Group
from shared.devices.model import AccessLevel, AccessPolicy, AccessRule, AccessState
from shared.devices.policy import Policy
from shared.devices.readiness import REPORTS, Sources
from shared.devices.reports_csv import FORMULA, Cell, lines
from tests.unit.builders import ALLOW_BY_DEFAULT, DEVICE_ID, GUID, MAILBOX, NOW
from tests.unit.seen_builders import SPELT, a_group, a_row

PHONE = (MAILBOX, DEVICE_ID, GUID, "iPhone", "iPhone15C2")
DEFAULT_POLICY = Policy(
    name="Default",
    identity="1",
    is_default=True,
    settings={"AllowCamera": False, "AllowBrowser": True, "PasswordEnabled": True},
)
NO_IPADS = AccessRule(
    name="no iPads", characteristic="DeviceType", query="iPad", level=AccessLevel.BLOCK
)


def sources(**changes: object) -> Sources:
    """Return a tenant where everything is allowed, and no MDM knows anything."""
    facts = {
        "policy": ALLOW_BY_DEFAULT,
        "policies": (DEFAULT_POLICY,),
        "now": NOW + timedelta(days=10, hours=1),
        "is_known": lambda _: False,
        **changes,
    }
    return Sources(**facts)  # type: ignore[arg-type]  # named fields only, by convention


def rows(name: str, *groups: Group, **changes: object) -> list[tuple[Cell, ...]]:
    """Return the rows of one report."""
    return list(REPORTS[name].rows(groups, sources(**changes)))


@pytest.mark.parametrize(
    ("client_type", "version", "is_shown"),
    [
        ("EAS", "14.1", True),
        ("EAS", "16.0", True),
        ("EAS", "", True),
        ("EAS", "16.1", False),
        ("EAS", "16.10", False),
        ("Outlook", "1.0", False),
        ("MOWA", "", False),
    ],
)
def test_eas_below_16_1(client_type: str, version: str, *, is_shown: bool) -> None:
    """Native mail apps that cannot be told to erase mail only; a version nobody knows counts."""
    group = a_group(a_row(client_type=client_type, client_version=version))
    expected = [(*PHONE, "iOS 19.2", version)] if is_shown else []
    assert rows("eas_below_16_1", group) == expected


@pytest.mark.parametrize(
    ("cap", "count", "reached"),
    [(100, 89, None), (100, 90, False), (100, 99, False), (100, 100, True), (10, 8, None)],
)
def test_near_device_cap(cap: int, count: int, *, reached: bool | None) -> None:
    """From nine in ten of the devices that a mailbox may have."""
    group = a_group(*(a_row(guid=str(each)) for each in range(count)))
    expected = [] if reached is None else [(MAILBOX, count, cap, reached)]
    assert rows("near_device_cap", group, device_cap=cap) == expected


def test_ids_on_both_lists() -> None:
    """In any case, and whether there is such a device."""
    group = a_group(a_row(), allowed=(DEVICE_ID, "GONE", "FINE"), blocked=(SPELT, "gone", "bad"))
    assert rows("ids_on_both_lists", group) == [(MAILBOX, SPELT, True), (MAILBOX, "gone", False)]


def test_orphan_ids() -> None:
    """On either list, and no device in this mailbox; one in another does not count."""
    group = a_group(a_row(), allowed=(SPELT, "GONE"), blocked=("BAD",))
    other = a_group(a_row(device_id="GONE", place="cn=bert"), address="bert@contoso.com")
    assert rows("orphan_ids", group, other) == [
        (MAILBOX, "allowed", "GONE"),
        (MAILBOX, "blocked", "BAD"),
    ]


def test_protocols_disabled() -> None:
    """Devices that get no mail, whatever their access state."""
    off = a_group(a_row(), a_row(guid="2", client_type="Outlook"), sync_enabled=False)
    assert rows("protocols_disabled", off, a_group(a_row())) == [(MAILBOX, 1, 1)]
    assert rows("protocols_disabled", a_group(sync_enabled=False)) == []


def test_policies_overridden() -> None:
    """Mailboxes that do not follow when another policy becomes the default."""
    strict = a_group(a_row(), policy="Strict", policy_is_default=False)
    assert rows("policies_overridden", strict, a_group(a_row(), policy="Default")) == [
        (MAILBOX, "Strict", 1)
    ]


def test_unknown_to_mdm() -> None:
    """Whoever knows the devices is asked about each partnership."""
    group = a_group(a_row(), a_row(guid="known"))
    shown = rows("unknown_to_mdm", group, is_known=lambda each: each.device.guid == "known")
    assert shown == [(*PHONE, "iOS 19.2", "Quarantined", NOW)]


def test_quarantined_waiting() -> None:
    """Since the first sync at the earliest, unless somebody knows better; in whole days."""
    group = a_group(a_row(), a_row(access=AccessState.ALLOWED))
    assert rows("quarantined_waiting", group) == [(*PHONE, "Global", "", NOW, 10)]
    since = NOW + timedelta(days=8)
    told = rows("quarantined_waiting", group, held_since=lambda _: since)
    assert told == [(*PHONE, "Global", "", since, 2)]
    never = rows("quarantined_waiting", a_group(a_row(first_sync_at=None)))
    assert never == [(*PHONE, "Global", "", None, None)]


def test_access_states() -> None:
    """All devices are counted, whatever Exchange says of them; the largest number comes first."""
    blocked = a_row(access=AccessState.BLOCKED, access_reason="Individual")
    groups = [a_group(blocked, a_row(guid="2")), a_group(a_row(guid="3"))]
    assert rows("access_states", *groups) == [
        ("Quarantined", "Global", 2),
        ("Blocked", "Individual", 1),
    ]


def test_rules() -> None:
    """What is wrong with a rule depends on the devices there are."""
    policy = AccessPolicy(default=AccessLevel.ALLOW, rules=(NO_IPADS,))
    ((rule, problem, *_),) = rows("rules", a_group(a_row()), policy=policy)
    assert (rule, problem) == ("no iPads", "no_device")

    ipad = a_row(guid="2", device_type="iPad")
    assert rows("rules", a_group(a_row(), ipad), policy=policy) == []


def test_rules_that_outlook_skips() -> None:
    """Conditional Access takes their place, where it applies."""
    rule = AccessRule(
        name="Outlook", characteristic="DeviceType", query="Outlook", level=AccessLevel.BLOCK
    )
    found = rows(
        "rules",
        a_group(a_row(device_type="Outlook", client_type="Outlook")),
        policy=AccessPolicy(default=AccessLevel.ALLOW, rules=(rule,)),
        conditional_access=ConditionalAccess.APPLIES,
    )
    assert [row[:2] for row in found] == [("Outlook", "outlook_skips_it")]


def test_outlook() -> None:
    """Settings that somebody changed and Outlook ignores, and how many devices that concerns."""
    outlook = a_row(guid="2", client_type="Outlook")
    assigned = a_group(outlook, policy="Strict", policy_is_default=False)
    default = [a_group(outlook, a_row(), policy=name) for name in ("", "default")]
    assert rows("outlook", assigned, *default) == [
        ("Default", "AllowCamera", "False", "ignores", 2)
    ]


@pytest.mark.parametrize("name", REPORTS)
def test_every_row_has_a_cell_for_each_column(name: str) -> None:
    """In a tenant where every report finds something."""
    policy = AccessPolicy(default=AccessLevel.ALLOW, rules=(NO_IPADS,))
    group = a_group(
        *(a_row(client_version="14.1"), a_row(guid="2")),
        sync_enabled=False,
        policy_is_default=False,
        allowed=("GONE",),
        blocked=("gone",),
    )
    found = rows(name, group, policy=policy, device_cap=2)
    assert found
    assert {len(row) for row in found} == {len(REPORTS[name].columns)}


@pytest.mark.parametrize("name", sorted(REPORTS.keys() - {"access_states", "rules", "outlook"}))
def test_rows_come_while_mailboxes_stream_past(name: str) -> None:
    """A report asks for a mailbox once the rows of the one before are gone."""
    asked: list[int] = []

    def groups() -> Iterator[Group]:
        for each in range(1000):
            asked.append(each)
            yield a_group(
                a_row(client_version="14.1"),
                sync_enabled=False,
                policy_is_default=False,
                allowed=("GONE",),
                blocked=("gone",),
            )

    next(iter(REPORTS[name].rows(groups(), sources(device_cap=1))))
    assert asked == [0]


CELLS = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=8)


@given(st.lists(st.lists(CELLS, min_size=2, max_size=2), max_size=4))
def test_csv_reads_back_as_it_was(table: list[list[str]]) -> None:
    """Whatever quotes, commas and line breaks are in it; a guard is one apostrophe."""
    text = "".join(lines(["one", "two"], table))

    header, *read = csv.reader(io.StringIO(text, newline=""), strict=True)

    assert header == ["one", "two"]
    assert read == [
        [f"'{cell}" if cell.startswith(FORMULA) else cell for cell in row] for row in table
    ]


@given(st.sampled_from(["=", "+", "-", "@", "\t", "\r"]), CELLS)
def test_no_cell_begins_like_a_formula(start: str, rest: str) -> None:
    """A device can call itself =HYPERLINK(...), and a spreadsheet would obey."""
    _, line = lines(["name"], [[start + rest]])
    (row,) = csv.reader(io.StringIO(line, newline=""), strict=True)
    assert row == [f"'{start}{rest}"]


def test_csv_is_as_the_standard_has_it() -> None:
    """CRLF after each line, quotes doubled; times in UTC, nothing for what is not known."""
    moment = NOW.astimezone(timezone(timedelta(hours=2)))
    written = list(lines(["a", "b,c", "d", "e", "f"], [['say "hi"', "x\r\ny", -5, True, moment]]))
    assert written == [
        'a,"b,c",d,e,f\r\n',
        '"say ""hi""","x\r\ny",-5,true,2026-05-04T10:00:00Z\r\n',
    ]
    assert list(lines(["a", "b"], [[None, False]]))[1] == ",false\r\n"
