"""The zip that is deployed: small, the same each time, and enough to run the app."""

import ast
import json
import subprocess
import sys
import zipfile
from importlib.metadata import distributions
from pathlib import Path

import pytest

from infra.azure import package
from infra.azure.__main__ import main
from infra.local.places import CHECKOUT
from tests.unit.indexing import INDEX, index
from tests.unit.test_index import TOO_HEAVY

LARGEST = 1024 * 1024  # bytes; the host unpacks it at every cold start
# No site, no environment, nothing of this checkout: only Python itself and what is named.
BARE = ("-I", "-S", "-W", "error", "-c")
ONLY = "import sys; sys.path += {paths!r}\n"
IMPORT_ALL = """
import importlib, json
for name in {names!r}:
    importlib.import_module(name)
print(json.dumps(sorted(sys.modules)))
"""


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the zip of this checkout."""
    output = tmp_path_factory.mktemp("package") / "app.zip"
    package.build(CHECKOUT, output)
    return output


@pytest.fixture(scope="module")
def unpacked(built: Path) -> Path:
    """Return the app as Azure unpacks it."""
    folder = built.parent / "app"
    with zipfile.ZipFile(built) as archive:
        archive.extractall(folder)
    return folder


@pytest.fixture(scope="module")
def installed(unpacked: Path) -> Path:
    """Return a folder with what requirements.txt asks for, and nothing else."""
    folder = unpacked.parent / "packages"
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    chosen = ["-r", str(unpacked / "requirements.txt"), "-c", ".ci/constraints.txt"]
    command = [*pip, "--no-compile", "--target", str(folder), *chosen]
    done = subprocess.run(command, cwd=CHECKOUT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return folder


def names(archive: Path) -> list[str]:
    with zipfile.ZipFile(archive) as opened:
        return opened.namelist()


def run_bare(code: str, app: Path, packages: Path) -> str:
    """Run *code* with the app and its packages, as if nothing else had ever been installed."""
    program = ONLY.format(paths=[str(packages), str(app)]) + code
    child = subprocess.run(
        [sys.executable, *BARE, program],
        cwd=app.parent,
        env={},
        capture_output=True,
        text=True,
        check=False,
    )
    assert child.returncode == 0, child.stderr
    return child.stdout


def a_checkout(folder: Path, ignore: str, *files: str) -> Path:
    """Return a folder with these files, each of which says its name."""
    folder.mkdir()
    for name in files:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(name)
    (folder / ".funcignore").write_text(ignore)
    return folder


def test_only_the_app_is_in_it(built: Path) -> None:
    tops = {name.split("/")[0] for name in names(built)}
    assert tops == {"function_app.py", "functions", "shared", "host.json", "requirements.txt"}
    assert not [name for name in names(built) if "__pycache__" in name or name.endswith(".pyc")]


def test_every_module_of_the_app_is_in_it(built: Path) -> None:
    sources = [
        file.relative_to(CHECKOUT).as_posix()
        for top in ("functions", "shared")
        for file in (CHECKOUT / top).rglob("*.py")
    ]
    assert set(sources) <= set(names(built))


def test_it_is_small(built: Path) -> None:
    assert built.stat().st_size < LARGEST


def test_the_same_files_make_the_same_bytes(tmp_path: Path) -> None:
    files = ("host.json", "b/two.py", "b/one.py", "a.py")
    first = a_checkout(tmp_path / "first", "", *files)
    second = a_checkout(tmp_path / "second", "", *reversed(files))
    (second / "a.py").chmod(0o755)
    (second / "a.py").touch()

    package.build(first, tmp_path / "first.zip")
    package.build(second, tmp_path / "second.zip")

    assert (tmp_path / "first.zip").read_bytes() == (tmp_path / "second.zip").read_bytes()


def test_funcignore_is_read_as_git_would_read_it(tmp_path: Path) -> None:
    ignore = "# a comment\n.*\n/tests/\n*.log\n!keep.log\nlogs/\n"
    checkout = a_checkout(
        tmp_path / "checkout",
        ignore,
        *("app.py", "a.log", "keep.log", "logs/keep.log", "tests/test_a.py", ".git/config"),
        *("shared/tests/part.py", "shared/.hidden"),
    )

    assert package.build(checkout, tmp_path / "app.zip") == [
        *("app.py", "keep.log", "shared/tests/part.py"),
    ]


def test_the_zip_does_not_swallow_an_older_one_of_itself(tmp_path: Path) -> None:
    checkout = a_checkout(tmp_path / "checkout", "", "app.py")

    for _ in range(2):
        package.build(checkout, checkout / "app.package")

    assert names(checkout / "app.package") == [".funcignore", "app.py"]


def test_the_command_says_what_it_has_built(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["package", "--output", str(tmp_path / "app.zip")]) == 0

    files = len(names(tmp_path / "app.zip"))
    assert f"app.zip: {files} files, " in capsys.readouterr().out


def test_the_package_has_all_functions_and_loads_nothing_heavy(
    unpacked: Path, installed: Path
) -> None:
    functions, modules, _ = json.loads(run_bare(INDEX, unpacked, installed))

    assert functions == index().functions
    assert TOO_HEAVY & set(modules) == set()


def test_every_module_of_the_package_finds_what_it_imports(unpacked: Path, installed: Path) -> None:
    """Most are imported by the first call only: indexing would not miss them."""
    modules = [
        ".".join(file.relative_to(unpacked).with_suffix("").parts).removesuffix(".__init__")
        for file in sorted(unpacked.rglob("*.py"))
    ]

    loaded = json.loads(run_bare(IMPORT_ALL.format(names=modules), unpacked, installed))

    assert set(modules) <= set(loaded)


def test_nothing_is_required_that_the_app_does_not_import(unpacked: Path, installed: Path) -> None:
    """Cold start counts: a line that nobody needs any more goes."""
    imported = {
        name
        for file in unpacked.rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text()))
        for name in _imported(node)
    }
    lines = (unpacked / "requirements.txt").read_text().splitlines()
    required = {line.split("==")[0] for line in lines if "==" in line}
    required -= {"sniffio"}  # httpcore imports it, and slows down where it is missing
    offered = {
        found.name: {_module(str(file)) for file in found.files or ()}
        for found in distributions(path=[str(installed)])
    }
    assert required <= set(offered)
    assert [name for name in required if not offered[name] & imported] == []


def _imported(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom) and node.module:
        return [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
    return []


def _module(file: str) -> str:
    return file.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
