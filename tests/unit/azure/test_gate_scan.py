"""The gate's whole run, with checkov: silent on our templates, and never silent for no reason."""

import io
from pathlib import Path

import pytest

from infra.azure.__main__ import main
from infra.azure.gate import check, scan
from infra.azure.gate.finding import Finding
from tests.unit.azure.gate_world import AZURE, Mistake, copied, plant

UNREADABLE = Mistake(
    name="a call over several lines",
    file="bicep/easgate.bicep",
    old="union(secretNames, receiverSecretNames, empty(auditPseudonyms) ? [] : [pseudonymsName])",
    new="union(\n      secretNames\n      secretNames\n    )",
    rule="checkov",
    said="checkov cannot read this file",
)
NESTED = Mistake(
    name="two resources nested in one",
    file="bicep/identities.bicep",
    old="  name: 'id-easgate-rotator-${token}'\n",
    new="  name: 'id-easgate-rotator-${token}'\n"
    "  resource one 'federatedIdentityCredentials' = {\n    name: 'one'\n  }\n"
    "  resource two 'federatedIdentityCredentials' = {\n    name: 'two'\n  }\n",
    rule="checkov",
    said="checkov sees 3 resources of 4",
)
UNPROTECTED = Mistake(
    name="purge protection is off",
    file="bicep/vault.bicep",
    old="enablePurgeProtection: true",
    new="enablePurgeProtection: false",
    rule="checkov",
    said="CKV_AZURE_110: Ensure that key vault enables purge protection",
)
# Another of its checks that purge protection satisfies.
RECOVERABLE = ("bicep/vault.bicep", "CKV_AZURE_42: Ensure the key vault is recoverable")
PASTED = Mistake(
    name="a key is pasted in",
    file="bicep/function_app.bicep",
    old="  CLOUD: cloud\n",
    new="  CLOUD: cloud\n  STORAGE: 'DefaultEndpointsProtocol=https;AccountName=a;AccountKey="
    "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=='\n",
    rule="checkov",
    said="CKV_SECRET_3: Azure Storage Account access key",
)


def test_our_templates_have_no_finding() -> None:
    """Syntax, symbols, types, policy and checkov have nothing to say."""
    out = io.StringIO()

    assert check.run(AZURE, out) == 0, out.getvalue()
    assert out.getvalue().endswith(" templates, 0 findings\n")


def test_what_checkov_fails_cannot_read_or_overlooks_is_found(tmp_path: Path) -> None:
    """Checkov itself would call the second a success, and the third would never be checked."""
    mistakes = [UNPROTECTED, UNREADABLE, NESTED, PASTED]
    folder = copied(tmp_path)
    for mistake in mistakes:
        plant(mistake, folder)

    found = sorted(scan.findings(folder, check.templates(folder)))

    said = {(each.file, each.text) for each in found}
    assert said == {(mistake.file, mistake.said) for mistake in mistakes} | {RECOVERABLE}


def test_missing_checkov_is_a_finding(tmp_path: Path) -> None:
    """A machine without it has not checked, and says so."""
    found = [*scan.findings(tmp_path, [], tmp_path / "python")]

    assert [each.rule for each in found] == ["checkov"]
    assert "is not installed here" in found[0].text


def test_checkov_that_breaks_down_is_a_finding(tmp_path: Path) -> None:
    """No output, or an exit code, is not the same as nothing found."""
    python = tmp_path / "python"
    python.write_text("#!/bin/sh\necho it is broken >&2\nexit 0\n")
    python.chmod(0o755)

    found = [*scan.findings(tmp_path, [], python)]

    assert found == [Finding(str(tmp_path), 1, "checkov", "did not finish: it is broken")]


def test_empty_folder_is_a_finding(tmp_path: Path) -> None:
    """A folder that moved must not pass for one without mistakes."""
    assert [each.rule for each in check.findings(tmp_path)] == ["file"]


def test_command_prints_places_and_fails(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """`python3 -m infra.azure check` writes file, line and text, and its exit code is 1."""
    (tmp_path / "main.bicep").write_text("param location string = \n")

    assert main(["check", str(tmp_path)]) == 1
    assert capsys.readouterr().out.startswith("main.bicep:1: syntax: cannot be read: ")
