"""Indexes the app as a worker does: in a process of its own, without settings and network."""

import json
import subprocess
import sys
from dataclasses import dataclass

from infra.local.places import CHECKOUT

INDEX = """
import json, resource, sys
def refuse(event, arguments):
    if event in ("socket.connect", "socket.bind", "socket.getaddrinfo"):
        raise RuntimeError(f"network while indexing: {event}")
sys.addaudithook(refuse)
import function_app
functions = {
    function.get_function_name(): json.loads(function.get_function_json())["bindings"]
    for function in function_app.app.get_functions()
}
used = resource.getrusage(resource.RUSAGE_SELF)
print(json.dumps([functions, sorted(sys.modules), used.ru_utime + used.ru_stime]))
"""


@dataclass(frozen=True)
class Route:
    """One HTTP function."""

    path: str
    methods: frozenset[str]
    level: str


@dataclass(frozen=True)
class Index:
    """What a worker finds, which modules it had to load for it, and the CPU time it took."""

    functions: dict[str, list[dict[str, object]]]
    modules: frozenset[str]
    cpu_seconds: float

    @property
    def routes(self) -> set[Route]:
        """Return the HTTP functions."""
        return {
            Route(
                path=f"/{binding['route']}",
                methods=frozenset(map(str, _listed(binding["methods"]))),
                level=str(binding["authLevel"]).lower(),
            )
            for bindings in self.functions.values()
            for binding in bindings
            if binding["type"] == "httpTrigger"
        }


def _listed(value: object) -> list[object]:
    assert isinstance(value, list)
    return value


def index(python: str = sys.executable) -> Index:
    """Index the app."""
    child = subprocess.run(
        [python, "-W", "error", "-c", INDEX],
        cwd=CHECKOUT,
        env={},
        capture_output=True,
        text=True,
        check=False,
    )
    assert child.returncode == 0, child.stderr
    functions, modules, seconds = json.loads(child.stdout)
    return Index(functions, frozenset(modules), seconds)
