"""XML from those who may send it, and never from those who try more than that."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.errors import Rejected
from shared.mdm.xml_body import DEEPEST, decoded_either, decoded_xml


def test_elements_become_names_and_repeated_ones_lists() -> None:
    """Prefixes, attributes and comments are left out."""
    body = b"<e xmlns:a='u'> <a:x y='1'> 1 </a:x><!-- - --><l>1</l><l>2</l><l>3</l><n/></e>"
    assert decoded_either(b"\xef\xbb\xbf" + body) == {"x": "1", "l": ["1", "2", "3"], "n": ""}


def test_json_goes_its_own_way() -> None:
    """An administrator chooses one or the other; the body says which."""
    assert decoded_either(b' {"a": [1]}') == {"a": [1]}


LAUGHS = (
    b'<!DOCTYPE e [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]><e><x>&b;</x></e>'
)


@pytest.mark.parametrize(
    "body",
    [
        LAUGHS,
        b'<!DOCTYPE e SYSTEM "http://127.0.0.1/e.dtd"><e/>',
        b'<!DOCTYPE e [<!ENTITY a SYSTEM "file:///etc/hostname">]><e>&a;</e>',
        b"<!DOCTYPE e><e/>",
    ],
)
def test_doctype_is_refused_before_anything_in_it_counts(body: bytes) -> None:
    """Entities can only be declared there."""
    with pytest.raises(Rejected, match="DOCTYPE"):
        decoded_xml(body)


@pytest.mark.parametrize(
    "body",
    [
        b"<",
        b"<e>",
        b"<e></f>",
        b"<e/><f/>",
        b"<e>&nbsp;</e>",
        b"<e>\xff</e>",
        b"<e>\x00</e>",
        b"<e>" * (DEEPEST + 1) + b"</e>" * (DEEPEST + 1),
        "<?xml version='1.0' encoding='utf-16'?><e/>".encode("utf-16"),
    ],
)
def test_broken_xml_is_rejected(body: bytes) -> None:
    """And nothing but that."""
    with pytest.raises(Rejected):
        decoded_either(body)


parts = st.sampled_from(
    [
        "<a>",
        "</a>",
        "<b c='d'>",
        "</b>",
        "<a/>",
        "&amp;",
        "&#0;",
        "<![CDATA[x]]>",
        "<?p q?>",
        "é",
        " ",
    ]
)


@given(body=st.lists(parts, max_size=12).map(lambda each: f"<a>{''.join(each)}</a>".encode()))
def test_any_text_with_brackets_is_read_or_rejected(body: bytes) -> None:
    """The parser's own errors stay inside."""
    try:
        decoded_xml(body)
    except Rejected:
        return
