"""`python -m infra.local.host --port 0 --app DIR`: prints one JSON line when ready."""

import argparse
import asyncio
import json
import logging
import os
import signal
import socket
import sys
import threading
from datetime import timedelta
from pathlib import Path
from typing import TextIO

from infra.local.host import easy_auth, hostfile, index, logs, settings
from infra.local.host.easy_auth import EasyAuth
from infra.local.host.hostfile import HostFileError
from infra.local.host.keys import Keys
from infra.local.host.routes import RouteError
from infra.local.host.running import Host, Plan
from infra.local.host.signatures import IndexingError

log = logging.getLogger(__name__)

LEASE = timedelta(minutes=10)  # on the platform always


def main(argv: list[str]) -> int:
    """Run a host until it is told to stop; returns 1 if it refuses to start."""
    arguments = _arguments(argv)
    if arguments.until_stdin_closes:
        threading.Thread(target=_stop_with_stdin, daemon=True).start()
    announcements = _claim_stdout()
    names: dict[str, str] = {}
    logs.set_up(sys.stderr, names, level=logging.INFO)
    logging.getLogger("uvicorn").setLevel(logging.WARNING)
    try:
        asyncio.run(_run(arguments, announcements, names))
    except (HostFileError, IndexingError, RouteError) as error:
        log.critical("the host does not start: %s", error, exc_info=error.__cause__)
        return 1
    return 0


async def _run(arguments: argparse.Namespace, announcements: TextIO, names: dict[str, str]) -> None:
    app = arguments.app.resolve()
    sign_in = EasyAuth.read(arguments.sign_in) if arguments.sign_in else None
    values = settings.adopt(dict([easy_auth.ENABLED]) if sign_in else {})
    if values.get("PYTHON_ENABLE_DEBUG_LOGGING") == "1":
        logging.getLogger().setLevel(logging.DEBUG)
    options = hostfile.read(app, values)
    index.make_importable(app, Path.cwd())
    os.chdir(app)
    functions = index.load(app, values.get("PYTHON_SCRIPT_FILE_NAME") or "function_app.py")
    plan = Plan(
        app=app,
        settings=values,
        options=options,
        functions=functions,
        keys=Keys(function=arguments.function_key, master=arguments.master_key),
        lease=timedelta(seconds=arguments.lease) if arguments.lease else LEASE,
        sign_in=sign_in,
        names=names,
    )
    listening = socket.create_server(("127.0.0.1", arguments.port))
    # asyncio does this for sockets it makes itself; without it each answer takes 40 ms.
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def announce() -> None:
        url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        line = {"listening": url, "functions": [function.name for function in functions]}
        print(json.dumps(line), file=announcements, flush=True)

    await Host(plan).run(listening, announce)


def _claim_stdout() -> TextIO:
    """Keep stdout for the announcement: what the app prints goes to stderr, with the log."""
    announcements = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    sys.stdout = os.fdopen(1, "w", buffering=1, closefd=False)
    return announcements


def _stop_with_stdin() -> None:
    """Stop as SIGTERM would once the program that started this one is gone."""
    while os.read(0, 1024):
        pass
    os.kill(os.getpid(), signal.SIGTERM)


def _arguments(argv: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m infra.local.host", description=__doc__)
    parser.add_argument("--port", type=int, default=7071, help="0 picks a free one")
    parser.add_argument("--app", type=Path, default=Path(), help="the folder of function_app.py")
    parser.add_argument("--function-key", help="enforce keys; this one opens level function")
    parser.add_argument("--master-key", help="enforce keys; this one opens everything")
    parser.add_argument(
        "--lease",
        type=int,
        metavar="SECONDS",
        help="how long a received message stays invisible; the platform always takes 600",
    )
    parser.add_argument(
        "--sign-in",
        type=Path,
        metavar="FILE",
        help="let people sign in, as App Service's authentication does; who, says this JSON file",
    )
    parser.add_argument("--until-stdin-closes", action="store_true", help="stop with the starter")
    return parser.parse_args(argv)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
