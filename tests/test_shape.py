"""What holds for the project as a whole: its folders, sizes, names and imports."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[1]

TOP_LEVEL = {
    *("host.json", "functions", "shared", "tests", "infra", "requirements.txt"),
    *("function_app.py", "README.md", "pyproject.toml", "azure.yaml"),
    *(".funcignore", ".gitignore", ".ci"),
}
CATCH_ALLS = {
    *("utils", "util", "common", "helpers", "helper", "core", "base", "misc"),
    *("manager", "managers", "constants"),
}
LONGEST_FUNCTION = 40
LONGEST_FILE = 280

# Runs before anything is installed.
SET_UP = ("__main__", "places", "setup", "steps")

IMPORT_EVERYTHING = """
import importlib, sys
def refuse(event, arguments):
    if event in ("socket.connect", "socket.bind", "socket.getaddrinfo"):
        raise RuntimeError(f"network at import: {event}")
sys.addaudithook(refuse)
for name in sys.argv[1:]:
    try:
        importlib.import_module(name)
    except BaseException as error:
        print(f"{name}: {error!r}")
"""


@cache
def project_files() -> list[Path]:
    """Everything that is or could be committed, relative to the checkout."""
    listing = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],  # noqa: S607
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        check=True,
    )
    files = [Path(name) for name in listing.stdout.split("\0") if name]
    return sorted(file for file in files if (CHECKOUT / file).is_file())


def modules(*tops: str) -> list[Path]:
    """Python files, of these top-level files and folders only if any are named."""
    return [
        file
        for file in project_files()
        if file.suffix == ".py" and (not tops or file.parts[0] in tops)
    ]


def text(file: Path) -> str:
    return (CHECKOUT / file).read_text(errors="replace")


def tree(file: Path) -> ast.Module:
    return ast.parse(text(file), filename=str(file))


def imported(file: Path) -> Iterator[str]:
    """Every module the file names in an import, at its top or inside a function."""
    for node in ast.walk(tree(file)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def test_there_is_something_to_look_at() -> None:
    """The other tests here read a list of files; an empty one would let them all pass."""
    assert Path("tests/test_shape.py") in modules("tests")
    assert modules("shared")
    assert modules("infra")


def test_every_module_can_be_imported_without_network_and_settings() -> None:
    """One module that fails on import leaves a function app with no functions at all."""
    names = [".".join(file.with_suffix("").parts).removesuffix(".__init__") for file in modules()]
    child = subprocess.run(
        [sys.executable, "-W", "error", "-c", IMPORT_EVERYTHING, *names],
        cwd=CHECKOUT,
        env={},
        capture_output=True,
        text=True,
        check=True,
    )
    assert child.stdout == ""


def test_top_level_holds_only_what_has_a_place_there() -> None:
    """The owner fixed the top level; a stray file there is noticed."""
    assert {file.parts[0] for file in project_files()} <= TOP_LEVEL


def test_functions_stay_short() -> None:
    """A function fits on a screen."""
    lengths = {
        f"{file}: {node.name}": node.end_lineno - node.lineno + 1
        for file in modules("function_app.py", "functions", "shared", "infra")
        for node in ast.walk(tree(file))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno is not None
    }
    assert {name: lines for name, lines in lengths.items() if lines > LONGEST_FUNCTION} == {}


def test_files_stay_short() -> None:
    """A file is one thought."""
    lengths = {
        str(file): len(text(file).splitlines())
        for file in modules("function_app.py", "functions", "shared", "infra")
    }
    assert {name: lines for name, lines in lengths.items() if lines > LONGEST_FILE} == {}


def test_no_name_is_a_drawer_for_everything() -> None:
    """A file or folder says what it holds."""
    drawers = [
        str(file)
        for file in project_files()
        if CATCH_ALLS & {Path(part).stem.lower() for part in file.parts}
    ]
    assert drawers == []


def test_no_file_names_a_folder_of_somebodys_machine() -> None:
    """What works only where it was written is not finished."""
    absolute = re.compile("(?<![\\w.])/" + "(?:work|root)/")
    named = [
        f"{file}: {found.group()}"
        for file in project_files()
        if (found := absolute.search(text(file)))
    ]
    assert named == []


def test_lock_file_leaves_the_choice_of_registry_to_the_machine() -> None:
    """A lock file with download addresses fails wherever a mirror is used."""
    lock = text(Path("infra/local/node/package-lock.json"))
    assert '"integrity": "sha512-' in lock
    assert '"resolved": "http' not in lock


def test_stories_know_ports_and_never_adapters() -> None:
    """A story can be read, and tested, without knowing what stands behind its ports."""
    pure = ("audit", "credentials", "devices", "errors", "trust")
    known = ("shared.flows.", *(f"shared.{name}." for name in pure))
    foreign = {
        f"{file}: {module}"
        for file in modules("shared")
        if file.parts[1] == "flows"
        for module in imported(file)
        if module.startswith("shared.") and not f"{module}.".startswith(known)
    }
    assert foreign == set()


def test_only_the_edge_knows_azure_functions() -> None:
    """The platform's types stop at functions/; host and samples play the platform."""
    edge = re.compile(
        r"function_app\.py|functions/|infra/local/host|tests/samples/|.*/intake_app\.py"
    )
    knowing = [
        str(file)
        for file in modules()
        if not edge.match(str(file))
        and any(f"{name}.".startswith("azure.functions.") for name in imported(file))
    ]
    assert knowing == []


def test_only_config_reads_the_environment() -> None:
    """In the app, not even a `noqa` lets another module read settings."""
    reading = {
        f"{file}:{node.lineno}"
        for file in modules("function_app.py", "functions", "shared")
        for node in ast.walk(tree(file))
        if (isinstance(node, ast.Attribute) and ast.unparse(node) in {"os.environ", "os.getenv"})
        or (isinstance(node, ast.ImportFrom) and node.module == "os")
    }
    assert {place for place in reading if not place.startswith("shared/config.py:")} == set()


def test_set_up_needs_nothing_but_the_standard_library() -> None:
    """It runs before anything is installed, on a Python that has only itself."""
    own = tuple(f"infra.local.{name}." for name in SET_UP)
    foreign = {
        f"{name}: {module}"
        for name in SET_UP
        for module in imported(Path(f"infra/local/{name}.py"))
        if module.split(".")[0] not in sys.stdlib_module_names
        and module != "infra.local"
        and not f"{module}.".startswith(own)
    }
    assert foreign == set()
