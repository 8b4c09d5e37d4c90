"""Secrets that travel with the call: found in one place, compared whole, never guessed short."""

import json
from base64 import b64encode
from collections.abc import Mapping

import pytest

from shared.credentials.webhook_secret import LiveSecret
from shared.errors import Misconfigured, Unverified
from shared.mdm.call import Call
from shared.mdm.schemes.shared_secret import Basic, Bearer, InBody, InHeader, InUrl
from shared.mdm.verification import Scheme, verify
from tests.unit.builders import NOW

SECRET = "sixteen letters!"
OTHER = "another sixteen letters"
LOGIN = f"jamf:{SECRET}"


def call(
    headers: Mapping[str, str] | None = None,
    query: Mapping[str, str] | None = None,
    body: bytes = b"{}",
) -> Call:
    return Call(method="POST", headers=headers or {}, query=query or {}, body=body)


def basic(credentials: str, word: str = "Basic", encoding: str = "utf-8") -> Call:
    text = b64encode(credentials.encode(encoding)).decode()
    return call({"authorization": f"{word} {text}"})


def in_body(document: object) -> Call:
    return call(body=json.dumps(document).encode())


CARRIED = [
    pytest.param(InHeader("X-EASGate-Secret"), call({"x-easgate-secret": SECRET}), id="header"),
    pytest.param(Bearer(), call({"authorization": f"Bearer {SECRET}"}), id="bearer"),
    pytest.param(InUrl(), call(query={"token": SECRET}), id="url"),
    pytest.param(InUrl(), call(query={"access_token": SECRET}), id="url, by RFC 6750"),
    pytest.param(InBody("sharedSecret"), in_body({"sharedSecret": SECRET}), id="body"),
    pytest.param(
        InBody("value[*].clientState"),
        in_body({"value": [{"clientState": SECRET}, {"clientState": SECRET}]}),
        id="items of the body",
    ),
]


@pytest.mark.parametrize(("scheme", "carried"), CARRIED)
def test_right_secret_holds_and_no_other(scheme: Scheme, carried: Call) -> None:
    """Neither a longer one, nor one in other letters; and there is no id of the delivery."""
    claim = scheme.claim(carried, NOW)
    assert claim.holds(SECRET)
    assert claim.delivery_id == ""
    for wrong in (OTHER, SECRET + "!", "!" + SECRET, SECRET.upper(), "sixteen  letters!"):
        assert not claim.holds(wrong)


@pytest.mark.parametrize(("scheme", "carried"), CARRIED)
def test_either_of_two_live_secrets_holds(scheme: Scheme, carried: Call) -> None:
    """While a secret is changed both are good, and it is known which one it was."""
    live = [
        LiveSecret(name="mdm", version=version, value=value)
        for version, value in (("new", OTHER), ("short", "short"), ("old", SECRET))
    ]
    assert verify(scheme.claim(carried, NOW), carried, live).secret.version == "old"
    with pytest.raises(Unverified):
        verify(scheme.claim(carried, NOW), carried, live[:2])
    with pytest.raises(Misconfigured):
        verify(scheme.claim(carried, NOW), carried, live[1:2])


@pytest.mark.parametrize(("scheme", "carried"), CARRIED)
@pytest.mark.parametrize("around", ["{}\n", "{}\r\n", " {}\t"])
def test_blanks_around_a_pasted_secret_do_not_count(
    scheme: Scheme, carried: Call, around: str
) -> None:
    """A file's last line end comes along when a secret is stored from a file."""
    assert scheme.claim(carried, NOW).holds(around.format(SECRET))


@pytest.mark.parametrize(("scheme", "carried"), CARRIED)
@pytest.mark.parametrize("short", ["", " " * 20, SECRET[:-1], SECRET[:-1] + "\n", "é" * 15])
def test_short_secret_is_the_administrators_business(
    scheme: Scheme, carried: Call, short: str
) -> None:
    """Fifteen characters can be guessed: a longer one has to be stored."""
    with pytest.raises(Misconfigured, match="16 characters: store a longer one"):
        scheme.claim(carried, NOW).holds(short)


@pytest.mark.parametrize("secret", ["geheimnisträger!", "сложный-пароль-1", "🔑" * 16])
def test_secret_may_be_in_any_letters(secret: str) -> None:
    """They are compared as bytes, and what is not even Unicode is just not equal."""
    for carried, scheme in (
        (call({"x-secret": secret}), InHeader("X-Secret")),
        (call(query={"token": secret}), InUrl()),
        (in_body({"s": secret}), InBody("s")),
    ):
        claim = scheme.claim(carried, NOW)
        assert claim.holds(secret)
        assert not claim.holds("?" * 16)
        assert not claim.holds("\ud800" * 16)
    not_unicode = InHeader("X-Secret").claim(call({"x-secret": "\ud800" * 16}), NOW)
    assert not not_unicode.holds("?" * 16)


def test_secret_is_not_printed_with_the_claim() -> None:
    """Claims may end up in a traceback or a log."""
    for claim in (
        InHeader("X-Secret").claim(call({"x-secret": SECRET}), NOW),
        Basic().claim(basic(LOGIN), NOW),
    ):
        assert claim.text
        assert claim.text not in repr(claim)


@pytest.mark.parametrize(
    ("scheme", "carried"),
    [
        (InHeader("X-Secret"), call()),
        (InHeader("X-Secret"), call({"x-secret": ""})),
        (InHeader("X-Secret"), call({"x-other": SECRET}, {"x-secret": SECRET})),
        (Bearer(), call()),
        (Bearer(), call({"authorization": SECRET})),
        (Bearer(), call({"authorization": "Bearer"})),
        (Bearer(), call({"authorization": "Bearer   "})),
        (Bearer(), call({"authorization": f"Basic {SECRET}"})),
        (Bearer(), call({"authorization": f"BearerX {SECRET}"})),
        (Bearer(), call(query={"token": SECRET})),
        (Bearer(), call(query={"access_token": SECRET})),  # as open to logs as any address
        (Basic(), call()),
        (Basic(), call({"authorization": "Basic "})),
        (Basic(), call({"authorization": f"Bearer {SECRET}"})),
        (InUrl(), call()),
        (InUrl(), call({"token": SECRET}, {"token": ""})),
    ],
)
def test_missing_secret_is_unverified(scheme: Scheme, carried: Call) -> None:
    """No secret could make it true, so the vault is not asked."""
    with pytest.raises(Unverified):
        scheme.claim(carried, NOW)


@pytest.mark.parametrize("word", ["Bearer", "bearer", "BEARER", "Bearer "])
def test_word_for_bearer_is_read_without_case(word: str) -> None:
    """HTTP says so of all its schemes."""
    assert Bearer().claim(call({"authorization": f"{word} {SECRET}"}), NOW).holds(SECRET)


@pytest.mark.parametrize("word", ["Basic", "basic", "BASIC", "Basic  "])
def test_user_and_password_hold(word: str) -> None:
    """Both of them, and nothing else; the vault's may have a line end."""
    claim = Basic().claim(basic(LOGIN, word), NOW)
    assert claim.holds(LOGIN)
    assert claim.holds(f"{LOGIN}\n")
    for wrong in (f"jamf:{OTHER}", f"Jamf:{SECRET}", f":{SECRET}", f"jamf:{SECRET}:"):
        assert not claim.holds(wrong)


def test_password_may_hold_colons_and_any_letters() -> None:
    """The first colon ends the name; UTF-8 it is, and no other encoding."""
    for login in ("jamf:a:b:c:d:e:f:g:h:", "jürgen:geheimnisträger!"):
        assert Basic().claim(basic(login), NOW).holds(login)
    other = Basic().claim(basic("jamf:geheimnisträger!", encoding="latin-1"), NOW)
    assert not other.holds("jamf:geheimnisträger!")


@pytest.mark.parametrize(
    "secret", ["", ":", "jamf", SECRET, "jamf:", f"{SECRET}:short", f"jamf:{SECRET[:-1]}\n"]
)
def test_login_without_a_long_password_is_the_administrators_business(secret: str) -> None:
    """A long name does not make up for it: names are no secrets."""
    with pytest.raises(Misconfigured, match="store one"):
        Basic().claim(basic(LOGIN), NOW).holds(secret)


@pytest.mark.parametrize("odd", ["{}=", "{}\n", "={}", "{0:.20}", "jamf:sixteen letters!"])
def test_base64_of_a_login_is_written_in_one_way_only(odd: str) -> None:
    """What is not as RFC 7617 has it is somebody else's."""
    good = b64encode(LOGIN.encode()).decode()
    claim = Basic().claim(call({"authorization": f"Basic {odd.format(good)}"}), NOW)
    assert not claim.holds(LOGIN)


@pytest.mark.parametrize(
    ("path", "document"),
    [
        ("sharedSecret", {}),
        ("sharedSecret", {"sharedSecret": ""}),
        ("sharedSecret", {"sharedSecret": None}),
        ("sharedSecret", {"sharedSecret": [SECRET]}),
        ("sharedSecret", {"sharedSecret": 1234567890123456}),
        ("sharedSecret", {"sharedsecret": SECRET}),
        ("sharedSecret", [{"sharedSecret": SECRET}]),
        ("sharedSecret", SECRET),
        ("a.b", {"a": {"c": SECRET}}),
        ("a.b", {"a.b": SECRET}),
        ("value[*].clientState", {"value": []}),
        ("value[*].clientState", {"value": {"clientState": SECRET}}),
        ("value[*].clientState", {"value": [{"clientState": SECRET}, {}]}),
        ("value[*].clientState", {"value": [{"clientState": SECRET}, {"clientState": None}]}),
        ("value[*].clientState", {"value": [{"clientState": SECRET}, {"clientState": OTHER}]}),
        ("value[*].clientState", {"value": [{"clientState": SECRET}, SECRET]}),
        ("value[*].clientState", {"value": [[{"clientState": SECRET}]]}),
        ("a[*].b[*].s", {"a": [{"b": [{"s": SECRET}]}, {"b": {"s": SECRET}}]}),
    ],
)
def test_body_without_the_same_secret_everywhere_is_unverified(path: str, document: object) -> None:
    """One item with a right secret does not vouch for the one beside it."""
    with pytest.raises(Unverified):
        InBody(path).claim(in_body(document), NOW)


@pytest.mark.parametrize(
    "body",
    [
        *(b"", b"{", b"NaN", b"\xff", b'{"s": "\xff"}', b'{"s": "\\ud800"}', b"[" * 100_000),
        *(b'{"s": 1e999}', b'{"n": ' + b"9" * 5000 + b"}", b"<s>secret</s>", b'{"s": "x"} x'),
    ],
)
def test_body_that_is_not_json_is_unverified(body: bytes) -> None:
    """Whoever sent it is not proved, so there is no more to say about it."""
    with pytest.raises(Unverified):
        InBody("s").claim(call(body=body), NOW)


def test_path_may_begin_with_the_items_of_a_list_and_go_deep() -> None:
    """Vendors wrap their events in many ways."""
    assert InBody("[*].s").claim(in_body([{"s": SECRET}, {"s": SECRET}]), NOW).holds(SECRET)
    deep = in_body({"a": {"b": [{"c": [{"s": SECRET}]}, {"c": [{"s": SECRET}] * 9}]}})
    assert InBody("a.b[*].c[*].s").claim(deep, NOW).holds(SECRET)
