"""Telemetry is switched on by one setting; what is wrong with it keeps nothing from working."""

import subprocess
import sys
from pathlib import Path

import pytest

from shared.config import Insights, read_insights
from tests.unit.indexing import index

CHECKOUT = Path(__file__).parents[2]
SDK = ("opentelemetry.sdk", "opentelemetry.instrumentation", "azure.monitor")
KEY = "InstrumentationKey=12345678-1234-1234-1234-123456789012"
QUIET = {
    "APPLICATIONINSIGHTS_STATSBEAT_DISABLED_ALL": "true",
    "APPLICATIONINSIGHTS_SDKSTATS_DISABLED": "true",
    "APPLICATIONINSIGHTS_CONTROLPLANE_DISABLED": "true",
}
# The setting is there and everything else is missing: the app must say so, again and again.
WORK = """
import logging, sys
logging.basicConfig(format="%(name)s %(levelname)s %(message)s", level=logging.WARNING)
from shared import application_insights, messages, wiring
from shared.errors import Misconfigured
from shared.telemetry import measures, traces
for _ in range(3):
    try:
        wiring.services()
    except Misconfigured as failure:
        print("needs attention:", "TENANTS" in str(failure))
    with traces.handling("q", "", messages.about(b"{}")):
        measures.throttle("a tenant", 1.0)
        logging.getLogger("easgate.x").warning("a line")
application_insights.flush()
print(sorted(name for name in sys.modules if name.startswith(SDK)))
"""
# An ingestion that takes every call and answers none.
DEAF = """
import logging, socket, time
from shared import application_insights
from shared.config import Insights
from shared.telemetry import measures, traces
listening = socket.create_server(("127.0.0.1", 0))
address = f"http://127.0.0.1:{listening.getsockname()[1]}/"
to = Insights(connection_string=f"KEY;IngestionEndpoint={address}", service="x")
application_insights.start(to)
application_insights.FLUSH = 0.2
with traces.calling("Exchange", "Get-X"):
    measures.throttle("a tenant", 1.0)
    logging.getLogger("easgate.x").warning("a line")
began = time.monotonic()
application_insights.flush()
print(time.monotonic() - began < 2, flush=True)
import os; os._exit(0)
"""


def run(script: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """Run a script in a process of its own, as a worker is one."""
    ended = subprocess.run(
        [sys.executable, "-c", script.replace("SDK", str(SDK)).replace("KEY", KEY)],
        cwd=CHECKOUT,
        env={**QUIET, **settings},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert ended.returncode == 0, ended.stderr
    return ended


def test_without_the_setting_nothing_is_loaded_that_sends() -> None:
    """Every cold start would pay; messages are traced and measured all the same."""
    done = run(WORK).stdout.splitlines()
    assert done == ["needs attention: True"] * 3 + ["[]"]


def test_indexing_loads_nothing_that_sends() -> None:
    """Not even where telemetry is on: the worker indexes first."""
    modules = index().modules
    assert [name for name in modules if name.startswith(SDK)] == []
    assert "opentelemetry.trace" in modules


@pytest.mark.parametrize("text", ["nonsense", "InstrumentationKey=1", "InstrumentationKey=", "=;="])
def test_setting_that_cannot_be_used_is_complained_of_once(text: str) -> None:
    """Whatever else is wrong is told as always, and work goes on."""
    done = run(WORK, APPLICATIONINSIGHTS_CONNECTION_STRING=text)
    assert done.stdout.splitlines()[:3] == ["needs attention: True"] * 3
    complaint = "easgate.telemetry ERROR APPLICATIONINSIGHTS_CONNECTION_STRING cannot be used: "
    assert done.stderr.count(complaint) == 1
    assert done.stderr.count("easgate.x WARNING a line") == 3
    assert "Traceback" not in done.stderr


def test_ingestion_that_does_not_answer_holds_nobody_up() -> None:
    """A timer that waited for it would be ended by the host, and its worker with it."""
    assert run(DEAF).stdout == "True\n"


def test_setting_names_where_to_and_the_app_s_name_says_who() -> None:
    """An empty one is none."""
    named = {"APPLICATIONINSIGHTS_CONNECTION_STRING": KEY, "WEBSITE_SITE_NAME": "easgate-7"}
    assert read_insights(named) == Insights(connection_string=KEY, service="easgate-7")
    assert read_insights({}) is None
    assert read_insights({"APPLICATIONINSIGHTS_CONNECTION_STRING": ""}) is None
