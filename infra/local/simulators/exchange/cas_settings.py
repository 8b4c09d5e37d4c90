"""The client access settings of a mailbox that can be set: their kinds and their defaults."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from infra.local.simulators.exchange import binding
from infra.local.simulators.exchange.binding import Binder


class MimeFormat(StrEnum):
    """How POP and IMAP clients get their messages."""

    TEXT_ONLY = "TextOnly"
    HTML_ONLY = "HtmlOnly"
    HTML_AND_TEXT_ALTERNATIVE = "HtmlAndTextAlternative"
    TEXT_ENRICHED_ONLY = "TextEnrichedOnly"
    TEXT_ENRICHED_AND_TEXT_ALTERNATIVE = "TextEnrichedAndTextAlternative"
    BEST_BODY_FORMAT = "BestBodyFormat"
    TNEF = "Tnef"


class EwsPolicy(StrEnum):
    """Which of the two lists of EWS applications counts."""

    ENFORCE_ALLOW_LIST = "EnforceAllowList"
    ENFORCE_BLOCK_LIST = "EnforceBlockList"


_EWS_POLICY = "Microsoft.Exchange.Data.Directory.EwsApplicationAccessPolicy"
EWS_POLICY = binding.or_null(binding.choice(EwsPolicy, _EWS_POLICY))
OWA_POLICY = "OwaMailboxPolicy-Default"  # the only one a tenant has here
_MIME = binding.choice(MimeFormat, "Microsoft.Exchange.Data.MimeTextFormat")

# In the order in which Get-CASMailbox shows them.
SETTINGS: dict[str, tuple[Binder, object]] = {
    "ActiveSyncDebugLogging": (binding.boolean, False),
    "ActiveSyncEnabled": (binding.boolean, True),
    "ActiveSyncSuppressReadReceipt": (binding.boolean, False),
    "OwaMailboxPolicy": (binding.text_or_null, OWA_POLICY),
    "OWAEnabled": (binding.boolean, True),
    "OWAforDevicesEnabled": (binding.boolean, True),
    "IsOptimizedForAccessibility": (binding.boolean, False),
    "PopEnabled": (binding.boolean, True),
    "PopUseProtocolDefaults": (binding.boolean, True),
    "PopMessagesRetrievalMimeFormat": (_MIME, MimeFormat.BEST_BODY_FORMAT),
    "PopSuppressReadReceipt": (binding.boolean, False),
    "PopForceICalForCalendarRetrievalOption": (binding.boolean, False),
    "ImapEnabled": (binding.boolean, True),
    "ImapUseProtocolDefaults": (binding.boolean, True),
    "ImapMessagesRetrievalMimeFormat": (_MIME, MimeFormat.BEST_BODY_FORMAT),
    "ImapSuppressReadReceipt": (binding.boolean, False),
    "ImapForceICalForCalendarRetrievalOption": (binding.boolean, False),
    "MAPIEnabled": (binding.boolean, True),
    "EwsEnabled": (binding.boolean_or_null, None),
    "EwsAllowOutlook": (binding.boolean_or_null, None),
    "EwsAllowMacOutlook": (binding.boolean_or_null, None),
    "EwsAllowEntourage": (binding.boolean_or_null, None),
    "EwsApplicationAccessPolicy": (EWS_POLICY, None),
    "EwsAllowList": (binding.list_change, []),
    "EwsBlockList": (binding.list_change, []),
    "UniversalOutlookEnabled": (binding.boolean_or_null, True),
    "OutlookMobileEnabled": (binding.boolean_or_null, True),
    "MacOutlookEnabled": (binding.boolean_or_null, True),
    "OneWinNativeOutlookEnabled": (binding.boolean_or_null, True),
    "SmtpClientAuthenticationDisabled": (binding.boolean_or_null, None),
    "PublicFolderClientAccess": (binding.boolean, False),
    "ShowGalAsDefaultView": (binding.boolean, True),
}
BINDERS: dict[str, Binder] = {name: binder for name, (binder, _) in SETTINGS.items()}
DEFAULTS: Mapping[str, object] = MappingProxyType(
    {name: default for name, (_, default) in SETTINGS.items()}
)
