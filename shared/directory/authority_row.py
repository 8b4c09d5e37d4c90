"""An authority as Microsoft Graph's PKI store shows it, and as it takes a new one."""

import base64
import binascii
from datetime import UTC

import msgspec

from shared.trust import x509
from shared.trust.authority import Authority, Store

ROOT, INTERMEDIATE = "root", "intermediate"
CRL = "certificateRevocationListUrl"
DELTA = "deltacertificateRevocationListUrl"  # spelled like this


class ShownAuthority(msgspec.Struct, rename="camel"):
    """An authority as Graph shows it, the one address in its odd spelling or in the usual one."""

    id: str
    certificate: str | None = None
    certificate_authority_type: str | None = None
    display_name: str | None = None
    certificate_revocation_list_url: str | None = None
    delta: str | None = msgspec.field(name=DELTA, default=None)
    delta_certificate_revocation_list_url: str | None = None

    def read(self, container_id: str) -> Authority:
        """Return it in our words."""
        return Authority(
            store=Store.PKI,
            certificate=decoded(self.certificate),
            is_root=self.certificate_authority_type == ROOT,
            name=self.display_name or "",
            container_id=container_id,
            authority_id=self.id,
            crl_url=self.certificate_revocation_list_url or "",
            delta_crl_url=self.delta or self.delta_certificate_revocation_list_url or "",
        )


def new_authority(wanted: Authority) -> dict[str, object]:
    """Return what Graph is sent, so that it trusts an authority; Rejected if it is none."""
    told = x509.facts(wanted.certificate)
    expires_at = told.not_after.astimezone(UTC).isoformat(timespec="seconds")
    texts = {
        "displayName": wanted.name,
        CRL: wanted.crl_url,
        DELTA: wanted.delta_crl_url,
    }
    return {
        "certificate": encoded(wanted.certificate),
        "certificateAuthorityType": ROOT if wanted.is_root else INTERMEDIATE,
        # Graph could read both from the certificate; its documentation asks for them.
        "thumbprint": told.thumbprint_sha1.upper(),
        "expirationDateTime": expires_at.replace("+00:00", "Z"),
        **{name: text for name, text in texts.items() if text},
    }


def decoded(text: str | None) -> bytes:
    """Return the bytes of a certificate; the text's own where it is no base64."""
    try:
        return base64.b64decode("".join((text or "").split()), validate=True)
    except (binascii.Error, ValueError):
        return (text or "").encode()


def encoded(certificate: bytes) -> str:
    """Return a certificate as Graph takes it."""
    return base64.b64encode(certificate).decode()
