"""The names by which MDM_SENDERS and the vendors choose a scheme."""

from collections.abc import Callable, Mapping

from shared.errors import Misconfigured
from shared.mdm.schemes.hmac_signature import HmacSignature
from shared.mdm.schemes.shared_secret import Basic, Bearer, InBody, InHeader, InUrl
from shared.mdm.schemes.standard_webhooks import StandardWebhooks
from shared.mdm.settings import Signature
from shared.mdm.verification import Scheme

# What stands in an address is written into logs: whoever sends so is only trusted to tighten.
WEAK = frozenset({"url"})

_BY_THEMSELVES: Mapping[str, Callable[[], Scheme]] = {
    "standard-webhooks": StandardWebhooks,
    "bearer": Bearer,
    "basic": Basic,
    "url": InUrl,
}
_NEEDS = {"hmac": "signature", "header": "header", "body": "a vendor that sends its secret so"}


def scheme(
    name: str, *, signature: Signature | None, header: str | None, body_path: str = ""
) -> Scheme:
    """Return the scheme of that name; Misconfigured if there is none, or its settings lack."""
    if name in _BY_THEMSELVES:
        return _BY_THEMSELVES[name]()
    match name:
        case "hmac" if signature is not None:
            return HmacSignature(signature)
        case "header" if header:
            return InHeader(header)
        case "body" if body_path:
            return InBody(body_path)
    if name in _NEEDS:
        raise Misconfigured(f"scheme {name} needs {_NEEDS[name]}: set it in MDM_SENDERS")
    raise Misconfigured(f"there is no scheme {name[:64]}: correct it in MDM_SENDERS")
