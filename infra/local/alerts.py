"""Those who are told of events in the local world, and how the app is told of them."""

import json
from collections.abc import Callable
from datetime import datetime

from infra.local.simulators.receivers import Receivers
from infra.local.simulators.vault import Vault

PORTAL, CHANNEL, ON_CALL = "portal", "mail-team", "on-call"
SECRETS = {PORTAL: "alerts-portal", CHANNEL: "alerts-mail-team", ON_CALL: "alerts-on-call"}
RUNBOOK = "https://wiki.contoso.com/easgate/RUNBOOK.md"


def receivers(clock: Callable[[], datetime]) -> Receivers:
    """Return those who are told."""
    return Receivers(clock)


def store(vault: Vault, told: Receivers, address: str) -> None:
    """Put every secret where the app looks for it; a workflow's address is one."""
    vault.set_secret(SECRETS[PORTAL], told.webhook.secret)
    vault.set_secret(SECRETS[CHANNEL], f"{address}{told.teams.address}")
    vault.set_secret(SECRETS[ON_CALL], told.pagerduty.routing_key)


def settings(address: str) -> dict[str, str]:
    """Return the setting that names them; they stand on this machine."""
    named = {
        PORTAL: {"kind": "webhook", "url": f"{address}/hooks/easgate"},
        CHANNEL: {"kind": "teams", "runbook_url": RUNBOOK},
        ON_CALL: {"kind": "pagerduty", "url": address, "runbook_url": RUNBOOK},
    }
    entries = {
        name: {**each, "secret_name": SECRETS[name], "allow_private": True}
        for name, each in named.items()
    }
    return {"ALERT_RECEIVERS": json.dumps(entries)}
