"""The events that tell what runs of the inventory have found."""

from shared.devices.drift import Line, Verdict
from shared.devices.groups import Seen, name_of
from shared.devices.inventory import fingerprint
from shared.devices.inventory_run import Run
from shared.devices.model import Action
from shared.devices.news import News
from shared.devices.origin import Cause
from shared.devices.settings_change import SettingsChange
from shared.devices.sights import Sight
from shared.events.catalogue import CHANGES, POLICY_CHANGED, Event, event_id

DISCOVERED = "easgate.device.discovered.v1"


def device_news(news: News) -> Event:
    """Return what has become of one partnership."""
    kind, shown = _kind(news.sight)
    device = shown.device
    return Event(
        # A run that takes the place of one that failed tells the same under the same id.
        id=event_id(f"{news.compared_with}|{device.guid}|{_shows(shown)}", kind),
        type=kind,
        subject=f"devices/{device.guid}",
        time=news.at,
        data={
            "tenant_id": news.tenant_id,
            "run_id": news.run_id,
            "mailbox": name_of(shown.mailbox),
            "device_id": device.device_id,
            "device_type": device.device_type,
            "model": device.model,
            "os": device.os,
            "cause": news.origin.cause,
            "reason": news.origin.reason,
            "before": _standing(news.sight.before),
            "after": _standing(news.sight.after),
            "drift": _drift(news.drift),
            **({"replaces": news.replaces} if news.replaces else {}),
            **({"replaced_by": news.replaced_by} if news.replaced_by else {}),
        },
    )


def settings_changed(run: Run, change: SettingsChange) -> Event:
    """Return what somebody else did to a policy, an access rule or the default access level."""
    told_apart = f"{run.tenant_id}|{change.seen_before.isoformat()}|{change.says}"
    return Event(
        id=event_id(told_apart, POLICY_CHANGED),
        type=POLICY_CHANGED,
        subject=change.target,
        time=run.started_at,
        data={
            "tenant_id": run.tenant_id,
            "run_id": run.run_id,
            "cause": Cause.PERSON,
            "says": change.says,
            "before": change.before,
            "after": change.after,
            "since": change.seen_before,
        },
    )


def _kind(sight: Sight) -> tuple[str, Seen]:
    if sight.after is None:
        if sight.before is None:
            raise ValueError("only a partnership that was seen is to be told of")
        return CHANGES[Action.REMOVE], sight.before
    if sight.before is None:
        return DISCOVERED, sight.after
    return CHANGES[Action.ALLOW], sight.after


def _shows(seen: Seen) -> str:
    return f"{fingerprint(seen.device).hex()}|{seen.lists}"


def _standing(seen: Seen | None) -> dict[str, object] | None:
    if seen is None:
        return None
    return {
        "access_state": seen.device.access,
        "access_state_reason": seen.device.access_reason,
        "on_allowed_list": seen.on_allowed_list,
        "on_blocked_list": seen.on_blocked_list,
    }


def _drift(verdict: Verdict | None) -> dict[str, object] | None:
    """Return what is not as it was said to be; None if all is, or it is not known."""
    if verdict is None or verdict.line is not Line.DRIFTED:
        return None
    return {"wanted": verdict.wanted, "why": verdict.why}
