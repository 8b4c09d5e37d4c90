"""Of a text that is logged far away nobody can tell whom it is about."""

import time
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.telemetry.redaction import HIDDEN, Private, hidden

NAMES = st.text("abyzABYZ019äÖßİéø'-. $+(§", min_size=4, max_size=40)
PLAIN = st.text(st.characters(exclude_characters="@", exclude_categories=["Cs"]), max_size=80)
LOCAL = st.text("abyzABYZ019äÖ.!#$&'*+/=?^_`{|}~-", max_size=60).map("Qx7{}Qx7".format)
LABEL = st.from_regex(r"[a-z0-9äö]([a-z0-9-]{0,20}[a-z0-9])?", fullmatch=True)
AT = st.sampled_from(["@", "%40"])
DOMAIN = st.lists(LABEL, max_size=3).map(lambda labels: ".".join(["zV5", *labels, "zV5"]))
BEFORE = ("", "'", '"', "<", "mailto:", "SMTP:", " of ", "(", "[", "a,b;", "\n", "x='", "bob@x,")
AFTER = ("", "'", '"', ">", ".", ", and", ")", "]", ";", "\n", "/messages?x=1", "!", "&a@b", "@")


@given(
    st.sampled_from(BEFORE), LOCAL, st.sampled_from(["@", "%40"]), DOMAIN, st.sampled_from(AFTER)
)
def test_no_mail_address_survives(
    before: str, local: str, at: str, domain: str, after: str
) -> None:
    """Whatever stands around it, and also in a URL; an apostrophe may be part of it."""
    found = hidden(f"{before}{local}{at}{domain}{after}")
    assert HIDDEN in found
    assert not [part for part in ("Qx7", "zV5") if part in found]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("mailbox anna@contoso.com has no device", f"mailbox {HIDDEN} has no device"),
        ("object 'anna.o'brien@contoso.com'.", f"object '{HIDDEN}'."),
        ("<Anna+Tag@Contoso.COM>, bob@x", f"<{HIDDEN}>, {HIDDEN}"),
        ('"anna smith"@contoso.com is unknown', f"{HIDDEN} is unknown"),
        ("anna@[10.0.0.1]", HIDDEN),
        ("anna_x.com#EXT#@contoso.onmicrosoft.com", HIDDEN),
        ("users/anna%40contoso.com/messages", f"{HIDDEN}/messages"),
        ("анна@пример.рф", HIDDEN),
    ],
)
def test_addresses_are_taken_out_and_the_rest_is_left(text: str, told: str) -> None:
    """So that the line still says what happened."""
    assert hidden(text) == told


@given(PLAIN, NAMES, PLAIN)
def test_private_names_are_hidden_in_any_case(before: str, name: str, after: str) -> None:
    """Also where the other case of a letter is two, and in a URL."""
    for spelled in (name, name.upper(), name.lower(), name.swapcase(), quote(name, safe="")):
        found = hidden(f"{before}{spelled}{after}", [name])
        assert HIDDEN in found
        left = hidden(f" {spelled} ", [name]).strip()
        assert left == HIDDEN, left


@given(PLAIN, st.lists(NAMES, max_size=3), LOCAL, DOMAIN)
def test_hiding_twice_is_hiding_once(text: str, names: list[str], local: str, domain: str) -> None:
    """What was hidden once gives nothing to hide."""
    once = hidden(f"{text} {' '.join(names)} {local}@{domain} {text}", names)
    assert hidden(once, names) == once


@given(st.text(st.characters(exclude_characters="@%", exclude_categories=["Cs"])))
def test_text_without_names_is_left_as_it_is(text: str) -> None:
    """Byte for byte."""
    assert hidden(text) == text
    assert hidden(text, ["abc", ""]) == text  # too short to be told from any other text


def test_name_within_an_address_does_not_give_away_the_rest() -> None:
    """The address is somebody else's, but as private."""
    assert hidden("john.smith@contoso.com", ["smith"]) == HIDDEN
    assert hidden("smithson of the smiths", ["smith", "Smithson"]) == f"{HIDDEN} of the {HIDDEN}s"


@pytest.mark.parametrize(
    "text", ["x" * 100_000, "'" * 100_000, "%4" * 50_000, "a@" * 50_000, '"' * 9]
)
def test_no_text_takes_long(text: str) -> None:
    """Whoever sends us one must not keep a worker busy by it."""
    began = time.process_time()
    hidden(text * (100_000 // len(text)), ["K3SQN3NVO557RC8S7TUMTGEHOC"])
    assert time.process_time() - began < 2


def test_private_text_is_itself_nearby() -> None:
    """The log at hand says what it always said."""
    failure = ValueError("mailbox anna has no device")
    assert f"waits: {Private.of(failure)}" == "waits: mailbox anna has no device"
    assert Private.of(failure).kind == "ValueError"
