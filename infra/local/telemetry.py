"""Application Insights of the local world, and the app settings that send telemetry there only."""

from collections.abc import Callable
from datetime import datetime

from infra.local import contoso
from infra.local.simulators.entra import Entra
from infra.local.simulators.insights import Insights
from infra.local.simulators.insights.control import InsightsControl

# The exporter's own figures on itself go to Microsoft, to our component and to a control plane;
# what the worker runs on would go along with each batch.
QUIET = {
    "APPLICATIONINSIGHTS_OPENTELEMETRY_RESOURCE_METRIC_DISABLED": "true",
    "APPLICATIONINSIGHTS_STATSBEAT_DISABLED_ALL": "true",
    "APPLICATIONINSIGHTS_SDKSTATS_DISABLED": "true",
    "APPLICATIONINSIGHTS_CONTROLPLANE_DISABLED": "true",
}


def component(entra: Entra, clock: Callable[[], datetime]) -> Insights:
    """Return the component, with the role that the app's identity has there."""
    made = Insights(jwks=entra.jwks, clock=clock, tenant_id=contoso.TENANT_ID)
    made.roles.grant(contoso.APP_IDENTITY)
    return made


def control(insights: Insights) -> InsightsControl:
    """Return what shows and switches the component over HTTP."""
    return InsightsControl(insights)


def settings(connection_string: str, *, client_id: str) -> dict[str, str]:
    """Return the settings for a managed identity, which an empty *client_id* leaves unnamed."""
    named = f"ClientId={client_id};" if client_id else ""
    return {
        "APPLICATIONINSIGHTS_CONNECTION_STRING": connection_string,
        "PYTHON_ENABLE_OPENTELEMETRY": "true",
        "APPLICATIONINSIGHTS_AUTHENTICATION_STRING": f"{named}Authorization=AAD",
        **QUIET,
    }
