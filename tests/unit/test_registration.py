"""Our app's registration, read from Microsoft Graph."""

import base64
from datetime import UTC, datetime
from hashlib import sha1, sha256

import pytest

from shared.errors import Retryable
from tests.unit.builders import CLIENT
from tests.unit.entra import a_der
from tests.unit.graph_answers import KEY, OBJECT, a_key_credential, an_application, applications

SHA256 = sha256(a_der()).hexdigest()
SHA1 = sha1(a_der(), usedforsecurity=False).hexdigest()


def encoded(raw: bytes) -> str:
    """Return base64."""
    return base64.b64encode(raw).decode()


def test_registration_is_asked_for_by_client_id_with_its_keys() -> None:
    """Graph gives the keys' bytes only to who names the property and the one application."""
    registrations, graph = applications(an_application(a_key_credential()))
    found = registrations.registration("the token", CLIENT)

    (request,) = graph.requests
    assert graph.asked == [("GET", f"/v1.0/applications(appId='{CLIENT}')")]
    assert request.url.params["$select"] == "id,appId,displayName,signInAudience,keyCredentials"
    assert request.headers["Authorization"] == "Bearer the token"
    assert (found.object_id, found.display_name) == (OBJECT, "easgate")
    assert found.sign_in_audience == "AzureADMyOrg"
    (key,) = found.keys
    assert (key.key_id, key.display_name) == (KEY, "CN=easgate")
    assert key.valid_from == datetime(2026, 5, 3, 9, 0, 0, 123457, UTC)
    assert key.expires_at == datetime(2026, 8, 12, 9, tzinfo=UTC)


IDENTIFIERS = [
    (encoded(bytes.fromhex(SHA256)), (SHA256, "")),
    (encoded(bytes.fromhex(SHA1)), ("", SHA1)),
    (SHA1.upper(), ("", SHA1)),
    (SHA256.upper(), (SHA256, "")),
    (":".join(SHA1[at : at + 2] for at in range(0, 40, 2)), ("", SHA1)),
    (encoded(b"my favourite key"), ("", "")),
    ("not base64!", ("", "")),
    (None, ("", "")),
]


@pytest.mark.parametrize(("identifier", "thumbprints"), IDENTIFIERS, ids=range(len(IDENTIFIERS)))
def test_thumbprint_is_taken_from_the_identifier(
    identifier: str | None, thumbprints: tuple[str, str]
) -> None:
    """In whatever form it comes; one that somebody chose freely says nothing."""
    answer = an_application(a_key_credential(customKeyIdentifier=identifier))
    (key,) = applications(answer)[0].registration("token", CLIENT).keys
    assert (key.thumbprint_sha256, key.thumbprint_sha1) == thumbprints
    assert key.is_of(a_der()) is any(thumbprints)
    assert not key.is_of(a_der(2))


@pytest.mark.parametrize(
    "identifier", [None, SHA1, encoded(b"something else")], ids=["none", "sha1", "other"]
)
def test_thumbprints_are_those_of_the_bytes_if_they_are_shown(identifier: str | None) -> None:
    """They cannot be wrong; the identifier can."""
    shown = a_key_credential(key=encoded(a_der()), customKeyIdentifier=identifier)
    (key,) = applications(an_application(shown))[0].registration("token", CLIENT).keys
    assert (key.thumbprint_sha256, key.thumbprint_sha1) == (SHA256, SHA1)
    assert key.is_of(a_der())


@pytest.mark.parametrize("bytes_of", ["%%%", ""])
def test_bytes_that_cannot_be_read_are_as_good_as_none(bytes_of: str) -> None:
    """The identifier remains."""
    answer = an_application(a_key_credential(key=bytes_of))
    (key,) = applications(answer)[0].registration("token", CLIENT).keys
    assert key.thumbprint_sha256 == SHA256


def test_only_certificates_to_sign_in_with_count() -> None:
    """Keys that sign or encrypt tokens must not pass for a second certificate."""
    others = [
        a_key_credential(usage="Sign", type="X509CertAndPassword"),
        a_key_credential(usage="Encrypt"),
        a_key_credential(type="Symmetric"),
        a_key_credential(usage=None),
    ]
    answer = an_application(*others, a_key_credential(displayName=None))
    (key,) = applications(answer)[0].registration("token", CLIENT).keys
    assert key.display_name == ""


UNREADABLE = [
    an_application(id=None),
    an_application(keyCredentials=None),
    an_application(a_key_credential(keyId=None)),
    an_application(a_key_credential(endDateTime="soon")),
    an_application(a_key_credential(endDateTime="2026-08-12T09:00:00")),
    an_application(keyCredentials="x" * 10),
]


@pytest.mark.parametrize("answer", UNREADABLE)
def test_registration_that_cannot_be_read_is_not_an_empty_one(answer: object) -> None:
    """Without its keys it would look as if none were registered."""
    registrations, _ = applications(answer)  # type: ignore[arg-type]  # a response
    with pytest.raises(Retryable, match="unreadable"):
        registrations.registration("token", CLIENT)
