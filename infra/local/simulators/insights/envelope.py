"""One telemetry item: what surrounds the data, and whether the data is of its kind."""

import re
from datetime import UTC, datetime, timedelta

from infra.local.simulators.insights import fields
from infra.local.simulators.insights.contracts import CONTRACTS, TAGS
from infra.local.simulators.insights.fields import Number, Rules, Text
from infra.local.simulators.insights.refusals import ItemError, missing, wrong_type

OLDEST, NEWEST = timedelta(hours=48), timedelta(hours=2)  # before and after now
_TIME = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,7}))?(Z|[+-]\d\d:\d\d)")
_ENVELOPE: Rules = {
    "ver": Number(whole=True),
    "name": Text(1024, required=True),
    "time": Text(64, required=True),
    "sampleRate": Number(),
    "seq": Text(64),
}
_ABOVE_ZERO = "a number above 0 and up to 100"


def check(item: object, *, key: str, now: datetime) -> str:
    """Return the kind of *item*; `ItemError` unless it is one that the component *key* takes."""
    if not isinstance(item, dict):
        raise wrong_type("Envelope", "envelope", "object", item)
    if str(item.get("iKey", "")).casefold() != key.casefold():
        raise ItemError("Invalid instrumentation key")
    fields.check("Envelope", _ENVELOPE, item, "envelope")
    _check_time(item["time"], now)
    _check_rate(item.get("sampleRate"))
    _check_tags(item.get("tags"))
    return _check_data(item.get("data"))


def _check_time(text: str, now: datetime) -> None:
    age = (now - _moment(text)) / timedelta(milliseconds=1)
    oldest, newest = OLDEST / timedelta(milliseconds=1), NEWEST / timedelta(milliseconds=1)
    if age > oldest:
        raise ItemError(
            "103: Field 'time' on type 'Envelope' is older than the allowed min date. "
            f"Expected: now - {oldest:.0f}ms, Actual: now - {age:.0f}ms"
        )
    if -age > newest:
        raise ItemError(
            "104: Field 'time' on type 'Envelope' is newer than the allowed max date. "
            f"Expected: now + {newest:.0f}ms, Actual: now + {-age:.0f}ms"
        )


def _moment(text: str) -> datetime:
    found = _TIME.fullmatch(text)
    if found is None:
        raise _no_time(text)
    second, fraction, zone = found.groups()
    try:
        whole = datetime.fromisoformat(second + zone)
    except ValueError as error:
        raise _no_time(text) from error
    return whole.astimezone(UTC) + timedelta(seconds=float(f"0.{fraction or 0}"))


def _no_time(text: str) -> ItemError:
    return ItemError(
        "102: Field 'time' on type 'Envelope' is not a valid time string. "
        f"Expected: date, Actual: {text}"
    )


def _check_rate(rate: float | None) -> None:
    if rate is not None and not 0 < rate <= 100:  # noqa: PLR2004 - per cent
        raise wrong_type("Envelope", "sampleRate", _ABOVE_ZERO, rate)


def _check_tags(tags: object) -> None:
    if tags is None:
        return
    fields.check("ContextTagKeys", TAGS, tags, "tags")
    if isinstance(tags, dict):
        for name, value in tags.items():
            if not isinstance(value, str):
                raise wrong_type("ContextTagKeys", name, "string", value)


def _check_data(data: object) -> str:
    if data is None:
        raise missing("Envelope", "data", "object", data)
    if not isinstance(data, dict):
        raise wrong_type("Envelope", "data", "object", data)
    kind, content = data.get("baseType"), data.get("baseData")
    if not kind:
        raise missing("Data", "baseType", "string", kind)
    if content is None:
        raise missing("Data", "baseData", "object", content)
    if not isinstance(kind, str) or kind not in CONTRACTS:
        raise ItemError(f"110: Unknown telemetry type '{kind}'")
    fields.check(kind, CONTRACTS[kind], content, "baseData")
    return kind
