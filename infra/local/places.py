"""Where the local world keeps what it installs; none of it is committed."""

from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]
VENV = CHECKOUT / ".venv"
VENV_PYTHON = VENV / "bin" / "python"
LOCAL = CHECKOUT / ".local"
AZURITE = LOCAL / "azurite"
NODE = LOCAL / "node"  # a link to the Node this machine uses
NODE_PACKAGE = CHECKOUT / "infra" / "local" / "node"
KUSTO = LOCAL / "kusto"  # Kusto's language service: reads the queries of infra/azure
KUSTO_PACKAGE = CHECKOUT / "infra" / "azure" / "queries" / "node"
CHECKOV = LOCAL / "checkov"  # a venv: checkov's pins do not agree with ours
CHECKOV_PYTHON = CHECKOV / "bin" / "python"
AXE = LOCAL / "axe"  # Deque's accessibility checks: run on the operators' page
AXE_PACKAGE = CHECKOUT / "tests" / "e2e" / "axe"
CHROMIUM = LOCAL / "chromium"  # a link to the browser of this machine, if it has one
