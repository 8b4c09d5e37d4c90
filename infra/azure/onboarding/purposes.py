"""Which permissions a run asks a person for: the least for what it is about to do."""

import argparse

from infra.azure.onboarding.sign_in import Purpose
from shared.clouds import Cloud


def for_graph(chosen: argparse.Namespace, cloud: Cloud) -> Purpose:
    """Return what is asked for in Microsoft Graph."""
    scopes = {"User.Read": "to see which tenant this is"}
    if chosen.plan:
        scopes["Application.Read.All"] = "to see what stands; a plan changes nothing"
    else:
        scopes["Application.ReadWrite.All"] = "to register the application and its certificate"
    if not chosen.plan and (chosen.grant or (chosen.undo and chosen.client_id)):
        scopes["AppRoleAssignment.ReadWrite.All"] = (
            f"to give, or take back, the consent to {_granted(chosen)}; nothing else is granted"
        )
    return Purpose(
        service="Microsoft Graph",
        client_id=chosen.graph_client_id,
        scopes={f"{cloud.graph}/{name}": why for name, why in scopes.items()},
    )


def _granted(chosen: argparse.Namespace) -> str:
    if chosen.user_certificates or chosen.undo:
        return "Exchange.ManageAsApp and what --user-certificates stands for"
    return "Exchange.ManageAsApp"


def for_exchange(chosen: argparse.Namespace, cloud: Cloud) -> Purpose:
    """Return what is asked for in Exchange, which has one permission for all of it."""
    return Purpose(
        service="Exchange Online",
        client_id=chosen.exchange_client_id,
        scopes={
            f"{cloud.exchange}/.default": "Exchange.Manage, to make the service principal, the "
            "write scope and the role group; your own roles in Exchange limit it"
        },
    )
