"""The client access settings of a mailbox that can be set: their kinds and their defaults."""

from enum import StrEnum

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


_MIME = binding.choice(MimeFormat, "Microsoft.Exchange.Data.MimeTextFormat")

# In the order in which Get-CASMailbox shows them.
SETTINGS: dict[str, tuple[Binder, object]] = {
    "ActiveSyncDebugLogging": (binding.boolean, False),
    "ActiveSyncEnabled": (binding.boolean, True),
    "ActiveSyncSuppressReadReceipt": (binding.boolean, False),
    "OwaMailboxPolicy": (binding.text_or_null, "OwaMailboxPolicy-Default"),
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
    "UniversalOutlookEnabled": (binding.boolean_or_null, True),
    "OutlookMobileEnabled": (binding.boolean_or_null, True),
    "MacOutlookEnabled": (binding.boolean_or_null, True),
    "OneWinNativeOutlookEnabled": (binding.boolean_or_null, True),
    "SmtpClientAuthenticationDisabled": (binding.boolean_or_null, None),
    "PublicFolderClientAccess": (binding.boolean, False),
    "ShowGalAsDefaultView": (binding.boolean, True),
}
BINDERS: dict[str, Binder] = {name: binder for name, (binder, _) in SETTINGS.items()}
DEFAULTS: dict[str, object] = {name: default for name, (_, default) in SETTINGS.items()}
