"""host.json: the options this host honours, with their defaults and environment overrides."""

import json
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from infra.local.host.settings import Settings

OVERRIDE = "AzureFunctionsJobHost__"
TELEMETRY_MODES = ("ApplicationInsights", "OpenTelemetry")
DEVELOPMENT_POLLING = timedelta(seconds=2)  # `func start` forces it, whatever host.json says


class HostFileError(Exception):
    """host.json cannot be used: the host does not start."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HostOptions:
    """What host.json says; a timeout of None means unlimited."""

    route_prefix: str
    batch_size: int
    new_batch_threshold: int
    max_dequeue_count: int
    visibility_timeout: timedelta
    base64: bool
    function_timeout: timedelta | None
    telemetry_mode: str
    max_polling_interval: timedelta = DEVELOPMENT_POLLING


def read(folder: Path, settings: Settings) -> HostOptions:
    """Read *folder*'s host.json (defaults without one); HostFileError says what is wrong."""
    path = folder / "host.json"
    try:
        content = json.loads(path.read_text("utf-8")) if path.exists() else {"version": "2.0"}
        return _options(dict(_flatten(content)) | _overrides(settings))
    except ValueError as error:
        raise HostFileError(f"host.json: {error}") from error


def parse_timespan(text: str) -> timedelta:
    """Parse .NET's `[d.]hh:mm[:ss[.fffffff]]`; ValueError otherwise."""
    match = re.fullmatch(r"(?:(\d+)\.)?(\d{1,2}):(\d{2})(?::(\d{2}(?:\.\d{1,7})?))?", text)
    if match is None:
        raise ValueError(f"not a time span: {text}")
    days, hours, minutes, seconds = (float(part or 0) for part in match.groups())
    return timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)


def _options(flat: dict[str, str]) -> HostOptions:
    if flat.get("version") != "2.0":
        raise ValueError('"version" must be "2.0"')
    batch_size = int(flat.get("extensions:queues:batchsize", "16"))
    if not 1 <= batch_size <= 32:  # noqa: PLR2004  what one receive may ask for
        raise ValueError("queues.batchSize must be between 1 and 32")
    default_threshold = batch_size // 2 * (os.cpu_count() or 1)
    timeout = flat.get("functiontimeout", "00:30:00")
    encoding = flat.get("extensions:queues:messageencoding", "base64").lower()
    if encoding not in {"base64", "none"}:
        raise ValueError("queues.messageEncoding must be base64 or none")
    return HostOptions(
        route_prefix=flat.get("extensions:http:routeprefix", "api").strip("/"),
        batch_size=batch_size,
        new_batch_threshold=int(
            flat.get("extensions:queues:newbatchthreshold", str(default_threshold))
        ),
        max_dequeue_count=int(flat.get("extensions:queues:maxdequeuecount", "5")),
        visibility_timeout=parse_timespan(
            flat.get("extensions:queues:visibilitytimeout", "00:00:00")
        ),
        base64=encoding == "base64",
        function_timeout=None if timeout == "-1" else parse_timespan(timeout),
        telemetry_mode=_telemetry_mode(flat.get("telemetrymode", TELEMETRY_MODES[0])),
    )


def _telemetry_mode(text: str) -> str:
    for mode in TELEMETRY_MODES:
        if mode.lower() == text.lower():
            return mode
    raise ValueError(f"telemetryMode must be {' or '.join(TELEMETRY_MODES)}, not {text}")


def _flatten(value: object, path: str = "") -> Iterator[tuple[str, str]]:
    """Yield `a:b:c` and the text of each leaf, as the platform's configuration sees the file."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _flatten(inner, f"{path}:{name}".lower().removeprefix(":"))
    elif not isinstance(value, list):
        yield path, str(value)


def _overrides(settings: Settings) -> dict[str, str]:
    return {name.replace("__", ":"): value for name, value in settings.under(OVERRIDE).items()}
