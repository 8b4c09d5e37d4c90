"""Microsoft's clouds, and where their services answer."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Cloud:
    """Where one of Microsoft's clouds answers; services' addresses are also token resources."""

    authority_host: str
    exchange: str
    graph: str
    federation: str  # the audience of a managed identity that vouches for an app


CLOUDS = {
    "public": Cloud(
        authority_host="https://login.microsoftonline.com",
        exchange="https://outlook.office365.com",
        graph="https://graph.microsoft.com",
        federation="api://AzureADTokenExchange",
    ),
    "usgov": Cloud(
        authority_host="https://login.microsoftonline.us",
        exchange="https://outlook.office365.us",
        graph="https://graph.microsoft.us",
        federation="api://AzureADTokenExchangeUSGov",
    ),
    "dod": Cloud(
        authority_host="https://login.microsoftonline.us",
        exchange="https://outlook-dod.office365.us",
        graph="https://dod-graph.microsoft.us",
        federation="api://AzureADTokenExchangeUSGov",
    ),
    "china": Cloud(
        authority_host="https://login.chinacloudapi.cn",
        exchange="https://outlook.office365.cn",
        graph="https://microsoftgraph.chinacloudapi.cn",
        federation="api://AzureADTokenExchangeChina",
    ),
}
