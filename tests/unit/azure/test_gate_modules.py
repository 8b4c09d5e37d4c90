"""The gate on what files ask of each other: modules, their outputs, the parameter file."""

from pathlib import Path

import pytest

from tests.unit.azure.gate_world import Mistake, assert_found_alone

EASGATE, PARAMETERS = "bicep/easgate.bicep", "main.parameters.json"
WORKBOOK = "module workbook 'workbook.bicep' = {\n  name: 'workbook'\n  params: {\n"

MISTAKES = [
    Mistake(
        name="the file is gone",
        file=EASGATE,
        old="'workbook.bicep'",
        new="'workbooks.bicep'",
        rule="module",
        said="there is no file workbooks.bicep",
    ),
    Mistake(
        name="it comes from a registry",
        file=EASGATE,
        old="'workbook.bicep'",
        new="'br/public:avm/res/insights/workbook:0.1.0'",
        rule="module",
        said="cannot be checked offline",
    ),
    Mistake(
        name="a parameter is missing",
        file=EASGATE,
        old="    vaultName: vault.outputs.name\n    isPrivate",
        new="    isPrivate",
        rule="module",
        said="`vaultName` of bicep/topics.bicep is missing",
        at="module topics",
    ),
    Mistake(
        name="a parameter is unknown",
        file=EASGATE,
        old=f"{WORKBOOK}    location: location\n",
        new=f"{WORKBOOK}    location: location\n    tag: tags\n",
        rule="module",
        said="no parameter `tag`; did you mean `tags`?",
    ),
    Mistake(
        name="a parameter is of the wrong kind",
        file=EASGATE,
        old=f"{WORKBOOK}    location: location\n    tags: tags\n",
        new=f"{WORKBOOK}    location: location\n    tags: location\n",
        rule="kind",
        said="string for `tags`",
    ),
    Mistake(
        name="the output of another module is of the wrong kind",
        file=EASGATE,
        old=f"{WORKBOOK}    location: location\n    tags: tags\n",
        new=f"{WORKBOOK}    location: location\n    tags: vault.outputs.name\n",
        rule="kind",
        said="string for `tags`",
    ),
    Mistake(
        name="a parameter's value is not allowed",
        file="main.bicep",
        old="    cloud: cloud\n",
        new="    cloud: 'mars'\n",
        rule="value",
        said="`mars` for `cloud`",
    ),
    Mistake(
        name="it does not say where to deploy",
        file="main.bicep",
        old="  scope: group\n",
        new="",
        rule="module",
        said="`scope` is missing",
        at="module easgate",
    ),
    Mistake(
        name="a key that no module has",
        file="main.bicep",
        old="  scope: group\n",
        new="  scope: group\n  location: location\n",
        rule="module",
        said="a module has no `location`",
    ),
    Mistake(
        name="an output is unknown",
        file=EASGATE,
        old="runtimeId: identities.outputs.runtimeId\n",
        new="runtimeId: identities.outputs.runtimId\n",
        rule="output",
        said="did you mean `runtimeId`?",
    ),
    Mistake(
        name="outputs is misspelt",
        file=EASGATE,
        old="runtimeId: identities.outputs.runtimeId\n",
        new="runtimeId: identities.output.runtimeId\n",
        rule="output",
        said="a module has no `output`",
    ),
    Mistake(
        name="the parameter file names an unknown parameter",
        file=PARAMETERS,
        old='"publicUrl"',
        new='"publicUri"',
        rule="parameter-file",
        said="did you mean `publicUrl`?",
    ),
    Mistake(
        name="the parameter file lacks a parameter",
        file=PARAMETERS,
        old='    "location": {"value": "${AZURE_LOCATION}"},\n',
        new="",
        rule="parameter-file",
        said="`location` of main.bicep is missing",
        at="{",
    ),
    Mistake(
        name="the parameter file gives the wrong kind",
        file=PARAMETERS,
        old='"${AZURE_LOCATION}"',
        new="7",
        rule="parameter-file",
        said="int for `location`",
    ),
    Mistake(
        name="the parameter file is not JSON",
        file=PARAMETERS,
        old='"contentVersion": "1.0.0.0",\n',
        new='"contentVersion": "1.0.0.0"\n',
        rule="parameter-file",
        said="is not JSON",
        at='  "parameters"',
    ),
]


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: mistake.name)
def test_mistake_is_found_where_it_is(mistake: Mistake, tmp_path: Path) -> None:
    """The one rule that is about it speaks, and no other."""
    assert_found_alone(mistake, tmp_path)
