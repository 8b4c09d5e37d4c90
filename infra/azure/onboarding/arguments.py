"""What `onboard` is told on the command line."""

import argparse
from pathlib import Path

from infra.azure.onboarding.permissions import UserCertificates
from infra.azure.onboarding.sign_in import EXCHANGE_CLIENT, GRAPH_CLIENT
from shared.clouds import CLOUDS

EPILOG = """
Two sign-ins by code follow, one for Microsoft Graph and one for Exchange. --plan reads and
changes nothing. A second run changes nothing either, and a run that broke off is taken up by
running it again. What is made is noted down in the application's tags, so --undo works from
any machine: it removes what this made and leaves the rest. Of two runs within seconds the
second may not see the application of the first yet, and make another one; the run after
that names both and touches neither.

Exit codes: 0 all is in place (or was planned), 1 something failed, 2 something is left to you.
"""


def add(parser: argparse.ArgumentParser) -> None:
    """Describe the arguments."""
    parser.epilog = EPILOG
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--tenant", required=True, help="the tenant's id, or one of its domains")
    parser.add_argument("--name", default="easgate", help="of the application and role group")
    parser.add_argument("--client-id", default="", help="an application that is there already")
    parser.add_argument("--cloud", choices=sorted(CLOUDS), default="public")
    _certificate(parser)
    parser.add_argument(
        "--scope-filter",
        default="",
        metavar="FILTER",
        help="RecipientRestrictionFilter: whom the app may change; without it, everybody",
    )
    parser.add_argument(
        "--grant",
        action="store_true",
        help="consent to the permissions as the person who signs in; without it, or if that "
        "person may not, a link for an administrator is printed",
    )
    parser.add_argument(
        "--user-certificates",
        action="append",
        choices=[each.value for each in UserCertificates],
        default=[],
        help="permissions in Microsoft Graph beside Exchange.ManageAsApp, to look at what users' "
        "certificates rest on (read), to change that as well (change), to end sessions and "
        "accounts (offboard, which looks certificates up only with read); give it once for each",
    )
    _ways(parser)
    _programs(parser)


def _certificate(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--certificate", default="easgate", metavar="NAME", help="its name in the vault"
    )
    where = parser.add_mutually_exclusive_group(required=True)
    where.add_argument(
        "--vault", default="", metavar="URL", help="makes the certificate if it is missing"
    )
    where.add_argument(
        "--certificate-file", type=Path, metavar="CER", help="its public half, PEM or DER"
    )


def _ways(parser: argparse.ArgumentParser) -> None:
    way = parser.add_mutually_exclusive_group()
    way.add_argument("--plan", action="store_true", help="say what would be done, and stop")
    way.add_argument(
        "--powershell", action="store_true", help="print it as PowerShell, without signing in"
    )
    parser.add_argument("--undo", action="store_true", help="take back what this has made")
    parser.add_argument("--yes", action="store_true", help="undo without asking")
    parser.add_argument(
        "--entry-file", type=Path, metavar="JSON", help="write the entry for TENANTS there, too"
    )


def _programs(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--graph-client-id",
        default=GRAPH_CLIENT,
        help="the public client to sign in to Microsoft Graph with (Microsoft Graph Command Line "
        "Tools; a tenant may block it)",
    )
    parser.add_argument(
        "--exchange-client-id",
        default=EXCHANGE_CLIENT,
        help="the public client to sign in to Exchange with; it has to hold the delegated "
        "permission Exchange.Manage. The default is Microsoft's own program for Exchange Online "
        "PowerShell: nothing documents that its codes may be used like this, or in every cloud",
    )
