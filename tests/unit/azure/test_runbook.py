"""Every command of ours that the runbook tells somebody to type at night is one that exists."""

import re
import shlex
import uuid
from pathlib import Path

import msgspec
import pytest

from functions import openapi
from infra.azure import __main__ as azure
from infra.local import places
from shared import tenant_messages
from shared.sender_messages import LinkRequest
from shared.tenant_messages import RotationRequest

AZURE = places.CHECKOUT / "infra" / "azure"
TEXT = (AZURE / "RUNBOOK.md").read_text("utf-8")
CALLS = [line for line in TEXT.splitlines() if "$APP_URL/api/" in line]
ORDERS = re.findall("^    echo '(.*)' > order.json$", TEXT, re.MULTILINE)
COMMANDS = re.findall(r"python3 -m (infra\.azure .*?)(?:\s{2,}#.*)?$", TEXT, re.MULTILINE)
BODIES = {"link": LinkRequest, "rotate": RotationRequest}
OURS = {"KEY", "MASTER", "VAULT", "ETAG"}  # made in the runbook itself, as is $@ of a function


def text_of(folder: Path, pattern: str) -> str:
    return "\n".join(path.read_text("utf-8") for path in sorted(folder.rglob(pattern)))


@pytest.mark.parametrize("line", CALLS, ids=range(len(CALLS)))
def test_a_route_is_one_that_the_app_describes(line: str) -> None:
    """With this method, and with these names in its query."""
    found = re.search(r'(-X POST )?"\$APP_URL/api(/[^"?]+)(?:\?(\w+)=[^"]*)?"', line)
    assert found is not None
    method = "post" if found[1] else "get"
    path = found[2].replace("OPERATION_ID", "{operation_id}")
    described = openapi.document()["paths"][path][method]
    if found[3]:
        assert found[3] in {each["name"] for each in described["parameters"]}


@pytest.mark.parametrize("line", [line for line in CALLS if "-d '" in line], ids=str)
def test_a_body_is_one_that_the_app_reads(line: str) -> None:
    """Field by field: both messages refuse what they do not know."""
    body = re.search(r"-d '(.*)'", line)
    kind = next(kind for name, kind in BODIES.items() if f"/{name}" in line)
    assert body is not None
    assert msgspec.json.decode(body[1], type=kind)


@pytest.mark.parametrize("line", ORDERS, ids=range(len(ORDERS)))
def test_an_order_is_one_that_the_app_takes(line: str) -> None:
    """With the reader's parts put in."""
    some = str(uuid.uuid4())
    order = msgspec.json.decode(line.replace("A_NEW_UUID", some).replace("TENANT", some))
    assert tenant_messages.read(order).tenant_id == some


def test_functions_started_by_hand_are_there() -> None:
    """The master key's door names functions, not routes."""
    named = set(re.findall(r"/admin/functions/(\w+)", TEXT))
    assert named
    functions = text_of(places.CHECKOUT / "functions", "*.py")
    assert all(f"\ndef {name}(" in functions for name in named)


@pytest.mark.parametrize("command", COMMANDS, ids=range(len(COMMANDS)))
def test_a_command_and_its_options_are_there(
    command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Its help names every option that the runbook uses."""
    _, name, *rest = shlex.split(command)
    with pytest.raises(SystemExit) as ended:
        azure.main([name, "--help"])
    assert ended.value.code == 0
    helped = capsys.readouterr().out
    assert all(option in helped for option in rest if option.startswith("--"))


def test_events_are_events_of_ours() -> None:
    """Somebody may have subscribed to exactly these."""
    known = set(re.findall(r'"(easgate\.[\w.]+\.v1)"', text_of(places.CHECKOUT / "shared", "*.py")))
    named = set(re.findall(r"`(easgate\.[\w.]+\.v1)`", TEXT))
    assert named
    assert named <= known


def test_every_alert_has_its_place_here() -> None:
    """An alert that nobody says what to do about is noise."""
    alerts = (AZURE / "bicep" / "alerts.bicep").read_text("utf-8")
    deployed = set(re.findall(r"^    name: '([a-z-]+)'$", alerts, re.MULTILINE))
    noticed = re.findall(r"\*\*Notice\*\*[^.]*?`([a-z-]+)`(?:, `([a-z-]+)`)?", TEXT)
    assert deployed == {name for each in noticed for name in each if "-" in name}


def test_variables_are_outputs_of_the_deployment() -> None:
    """What azd's environment holds, by the names that main.bicep gives it."""
    outputs = set(
        re.findall(r"^output (\w+)", (AZURE / "main.bicep").read_text("utf-8"), re.MULTILINE)
    )
    named = set(re.findall(r'"\$([A-Z_]+)', TEXT)) - OURS
    assert named
    assert named <= outputs


def test_settings_of_the_environment_are_parameters() -> None:
    """A misspelt one would be set, and change nothing."""
    parameters = (AZURE / "main.parameters.json").read_text("utf-8")
    named = set(re.findall(r"azd env set (\w+)", TEXT))
    assert named
    assert all(f"${{{name}=" in parameters for name in named)


def test_queries_and_queues_are_there() -> None:
    """The queries beside it, and the queues that functions listen to."""
    assert all((AZURE / "queries" / name).exists() for name in re.findall(r"\w+\.kql", TEXT))
    code = text_of(places.CHECKOUT / "shared", "*.py")
    queues = re.search(r"Queues: (.*), each with `-poison`", TEXT)
    assert queues is not None
    assert all(f'"{name}"' in code for name in re.findall(r"`([\w-]+)`", queues[1]))


def test_it_is_about_a_page() -> None:
    """Whoever reads it is tired."""
    assert len(TEXT.splitlines()) < 170
