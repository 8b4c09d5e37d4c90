"""What a hook is told of the deployment: azd puts its environment, outputs included, into ours."""

from collections.abc import Mapping
from dataclasses import dataclass

from shared.errors import Misconfigured

# Set by everybody's build service, by azd itself if it is told not to ask.
PIPELINES = ("CI", "GITHUB_ACTIONS", "TF_BUILD", "AZD_NON_INTERACTIVE")
NO = frozenset({"", "0", "false", "no"})
NEEDED = {
    "environment": "AZURE_ENV_NAME",
    "subscription": "AZURE_SUBSCRIPTION_ID",
    "resource_group": "AZURE_RESOURCE_GROUP",
    "app": "APP_NAME",
    "app_url": "APP_URL",
    "vault": "KEY_VAULT_URL",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Deployment:
    """One deployment, and what its operator has chosen by `azd env set`."""

    environment: str
    subscription: str
    resource_group: str
    app: str
    app_url: str
    vault: str
    tenant: str  # whose Exchange is managed: an id, or one of its domains
    tenants: str  # the setting TENANTS, as azd keeps it
    cloud: str
    name: str  # of the application and the role group
    scope_filter: str
    is_granting: bool  # whether the person who signs in consents for the tenant
    is_onboarding: bool

    @property
    def addressed(self) -> tuple[str, ...]:
        """The arguments by which az finds the app."""
        subscription = ("--subscription", self.subscription)
        return ("--name", self.app, "--resource-group", self.resource_group, *subscription)


def read(environ: Mapping[str, str]) -> Deployment:
    """Return the deployment; Misconfigured names everything that is missing."""
    tenant = environ.get("ONBOARD_TENANT") or environ.get("AZURE_TENANT_ID", "")
    missing = [name for name in NEEDED.values() if not environ.get(name)]
    if not tenant:
        missing.append("AZURE_TENANT_ID")
    if missing:
        raise Misconfigured(f"the deployment does not tell {', '.join(missing)}: azd provision")
    return Deployment(
        **{field: environ[name] for field, name in NEEDED.items()},
        tenant=tenant,
        tenants=environ.get("TENANTS", ""),
        cloud=environ.get("CLOUD") or "public",
        # Two deployments in one tenant are two applications: none may take the other's certificate.
        name=environ.get("ONBOARD_NAME") or f"easgate-{environ['AZURE_ENV_NAME']}",
        scope_filter=environ.get("ONBOARD_SCOPE_FILTER", ""),
        is_granting=_is_on(environ, "ONBOARD_GRANT", default=""),
        is_onboarding=_is_on(environ, "ONBOARD", default="true"),
    )


def pipeline(environ: Mapping[str, str]) -> str:
    """Return the setting that says that nobody is there to sign in; empty if somebody may be."""
    return next((name for name in PIPELINES if _is_on(environ, name, default="")), "")


def _is_on(environ: Mapping[str, str], name: str, *, default: str) -> bool:
    return environ.get(name, default).strip().lower() not in NO
