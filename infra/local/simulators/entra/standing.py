"""Who may ask for what in a tenant, as every grant checks it."""

from infra.local.simulators.entra.directory import Application, Directory, Tenant
from infra.local.simulators.entra.refusals import RefusedError


def application(directory: Directory, client_id: str, tenant: Tenant) -> Application:
    """Return an application that is known and enabled in *tenant*."""
    found = directory.application(client_id)
    if found is None or tenant.tenant_id not in found.principals:
        raise RefusedError(
            700016,
            f"Application with identifier '{client_id}' was not found in the directory "
            f"'{tenant.tenant_id}'.",
        )
    if not found.principals[tenant.tenant_id].enabled:
        raise RefusedError(7000112, f"Application '{client_id}' is disabled.")
    return found


def check_resource(directory: Directory, resource: str, tenant: Tenant) -> None:
    """Raise `RefusedError` unless tokens are issued for *resource*."""
    if resource.rstrip("/") not in directory.resources:
        raise RefusedError(
            500011,
            f"The resource principal named {resource} was not found in the tenant named "
            f"{tenant.tenant_id}.",
        )
