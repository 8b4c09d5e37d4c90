"""The gate on syntax and names: each planted mistake is found where it is, and nothing else."""

from pathlib import Path

import pytest

from tests.unit.azure.gate_world import Mistake, assert_found_alone

EASGATE, ROLES = "bicep/easgate.bicep", "bicep/roles_of_app.bicep"
VAULT, TOPICS, IDENTITIES = "bicep/vault.bicep", "bicep/topics.bicep", "bicep/identities.bicep"

MISTAKES = [
    Mistake(
        name="a brace is not closed",
        file=VAULT,
        old="name: 'standard'\n    }\n",
        new="name: 'standard'\n",
        rule="syntax",
        said="cannot be read",
        at="resource vault ",
    ),
    Mistake(
        name="a symbol is undefined",
        file=TOPICS,
        old="source: vault.id",
        new="source: vaults.id",
        rule="symbol",
        said="`vaults` is not declared; did you mean `vault`?",
    ),
    Mistake(
        name="a loop variable is used outside its loop",
        file="bicep/alerts.bicep",
        old="scopes: [systemTopicId]\n    evaluationFrequency: 'PT15M'",
        new="scopes: [systemTopicId]\n    evaluationFrequency: rule.every",
        rule="symbol",
        said="`rule` is not declared",
    ),
    Mistake(
        name="a parameter is declared twice",
        file="bicep/function_app.bicep",
        old="param cloud string\n",
        new="param cloud string\nparam cloud string\n",
        rule="duplicate",
        said="already declared",
    ),
    Mistake(
        name="a property stands twice",
        file=VAULT,
        old="    enablePurgeProtection: true\n",
        new="    enablePurgeProtection: true\n    enableSoftDelete: false\n",
        rule="duplicate",
        said="`enableSoftDelete` stands here twice",
    ),
    Mistake(
        name="a parameter is not used",
        file=IDENTITIES,
        old="param tags object\n",
        new="param tags object\nparam idle string = ''\n",
        rule="unused",
        said="parameter `idle`",
    ),
    Mistake(
        name="a variable is not used",
        file=IDENTITIES,
        old="param tags object\n",
        new="param tags object\nvar idle = 1\n",
        rule="unused",
        said="variable `idle`",
    ),
    Mistake(
        name="a function does not exist",
        file=EASGATE,
        old="uniqueString(",
        new="uniqeString(",
        rule="function",
        said="did you mean `uniqueString`?",
    ),
    Mistake(
        name="a decorator does not exist",
        file="bicep/alerts.bicep",
        old="@secure()",
        new="@secured()",
        rule="function",
        said="did you mean `secure`?",
    ),
    Mistake(
        name="a resource is nested in another",
        file=IDENTITIES,
        old="  name: 'id-easgate-rotator-${token}'\n",
        new="  resource inner 'federatedIdentityCredentials' = {\n    name: 'x'\n  }\n"
        "  name: 'id-easgate-rotator-${token}'\n",
        rule="style",
        said="nested",
    ),
    Mistake(
        name="a type that checkov cannot read",
        file=VAULT,
        old="param allowedAddresses array\n",
        new="param allowedAddresses string[]\n",
        rule="style",
        said="`string[]`",
    ),
    Mistake(
        name="a function of its own",
        file=VAULT,
        old="param workspaceId string\n",
        new="param workspaceId string\nfunc same(text string) string => text\n",
        rule="style",
        said="a function of its own",
    ),
    Mistake(
        name="a query file is gone",
        file="bicep/workbook.bicep",
        old="queries/standing.kql",
        new="queries/standings.kql",
        rule="file",
        said="there is no file",
    ),
]


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: mistake.name)
def test_mistake_is_found_where_it_is(mistake: Mistake, tmp_path: Path) -> None:
    """The one rule that is about it speaks, and no other."""
    assert_found_alone(mistake, tmp_path)
