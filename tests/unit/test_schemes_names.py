"""Schemes by name; and what holds for the text of all of them."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from shared.errors import Misconfigured
from shared.mdm import schemes
from shared.mdm.schemes.hmac_signature import HmacSignature
from shared.mdm.schemes.names import WEAK, scheme
from shared.mdm.schemes.shared_secret import Basic, Bearer, InBody, InHeader, InUrl
from shared.mdm.schemes.standard_webhooks import StandardWebhooks
from shared.mdm.settings import Signature
from shared.mdm.verification import Scheme

SIGNATURE = Signature(header="X-Signature")
FOLDER = Path(schemes.__file__).parent
HEAVY = ("cryptography", "jwt", "joserfc", "xml", "plistlib", "msal", "httpx", "azure")


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("standard-webhooks", StandardWebhooks()),
        ("hmac", HmacSignature(SIGNATURE)),
        ("header", InHeader("X-Secret")),
        ("bearer", Bearer()),
        ("basic", Basic()),
        ("url", InUrl()),
        ("body", InBody("sharedSecret")),
    ],
)
def test_every_name_stands_for_its_scheme(name: str, expected: Scheme) -> None:
    """Settings that another scheme needs do not disturb."""
    made = scheme(name, signature=SIGNATURE, header="X-Secret", body_path="sharedSecret")
    assert made == expected


@pytest.mark.parametrize("name", ["hmac", "header", "body", "", "none", "Basic", "x" * 9999])
def test_name_that_is_unknown_or_lacks_its_settings_is_refused(name: str) -> None:
    """At once, before a call comes in; and in a line that can be read."""
    with pytest.raises(Misconfigured, match="MDM_SENDERS") as raised:
        scheme(name, signature=None, header=None)
    assert len(str(raised.value)) < 200


def test_weak_schemes_exist() -> None:
    """A slip in the name would make a weak sender a strong one."""
    assert {"url"} == WEAK
    assert scheme("url", signature=None, header=None) == InUrl()


def test_plain_senders_load_nothing_heavy() -> None:
    """Cold starts are paid for by everybody, public keys are used by few."""
    program = (
        "import sys; from shared.mdm.schemes.names import scheme;"
        "scheme('standard-webhooks', signature=None, header=None);"
        "print(*{name.partition('.')[0] for name in sys.modules})"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=FOLDER.parents[2],
        capture_output=True,
        text=True,
        check=True,
    )
    assert not set(HEAVY) & set(done.stdout.split())


def functions() -> Iterator[tuple[str, ast.FunctionDef]]:
    """Give every function and method of the schemes, with its file's name."""
    for file in FOLDER.glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef):
                yield file.stem, node


def called(function: ast.FunctionDef) -> set[str]:
    """Return the last part of every name that a function calls."""
    calls = [node.func for node in ast.walk(function) if isinstance(node, ast.Call)]
    return {each.attr if isinstance(each, ast.Attribute) else ast.unparse(each) for each in calls}


def reached(function: ast.FunctionDef, known: dict[str, ast.FunctionDef]) -> set[str]:
    """Return what a function calls by itself or through others of ours."""
    found, left = set[str](), [function]
    while left:
        new = called(left.pop()) - found
        found |= new
        left += [known[name] for name in new if name in known]
    return found


def test_every_way_to_hold_ends_in_a_comparison_in_constant_time() -> None:
    """Each claim's `holds` reaches hmac.compare_digest, and nothing of ours replaces it."""
    known = {function.name: function for _, function in functions()}
    holds = [function for _, function in functions() if function.name == "holds"]
    assert len(holds) == 4
    assert "compare_digest" not in known
    for function in holds:
        assert "compare_digest" in reached(function, known)


def test_equality_is_asked_of_nothing_that_a_caller_could_measure() -> None:
    """No == between two values anywhere; comparing with a constant, or lengths, tells nothing."""
    suspicious = [
        f"{file}.{function.name}: {ast.unparse(node)}"
        for file, function in functions()
        for node in ast.walk(function)
        if isinstance(node, ast.Compare)
        and any(isinstance(each, ast.Eq | ast.NotEq) for each in node.ops)
        and not any(isinstance(side, ast.Constant) for side in (node.left, *node.comparators))
    ]
    assert suspicious == []
