"""
A proved body that may be XML, from the senders that let an administrator choose.

Read by the standard library's expat alone: what makes XML dangerous needs a DOCTYPE, and one
handler refuses that before anything in it is read. A package would add no more than this.
"""

from dataclasses import dataclass, field

from shared.errors import Rejected
from shared.mdm.json_body import decoded

DEEPEST = 32  # elements in one another; the senders' own use three

Element = dict[str, object]


def decoded_either(body: bytes) -> object:
    """Return what the body holds in JSON or XML; Rejected if it is neither."""
    if body.lstrip().startswith((b"<", b"\xef\xbb\xbf<")):
        return decoded_xml(body)
    return decoded(body)


def decoded_xml(body: bytes) -> object:
    """
    Return the content of the root element: texts by name, in lists where a name repeats.

    Attributes and prefixes of namespaces are dropped. The encoding is UTF-8, whatever the
    document claims.
    """
    from xml.parsers.expat import (  # noqa: PLC0415 - senders of JSON do without
        ExpatError,
        ParserCreate,
    )

    tree = _Tree()
    parser = ParserCreate("UTF-8")
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = tree.refuse_doctype
    parser.StartElementHandler = tree.start
    parser.CharacterDataHandler = tree.text
    parser.EndElementHandler = tree.end
    try:
        parser.Parse(body, True)  # noqa: FBT003 - expat names no parameter
    except ExpatError as error:
        raise Rejected(f"the body is not XML that can be read: {error}") from error
    return tree.root


@dataclass
class _Tree:
    """What expat has met so far."""

    root: object = None
    children: list[Element] = field(default_factory=list)  # of each open element
    texts: list[list[str]] = field(default_factory=list)

    def refuse_doctype(self, *declared: object) -> None:
        del declared
        raise Rejected("the body has a DOCTYPE: none of the senders we know sends one")

    def start(self, name: str, attributes: object) -> None:
        del name, attributes
        if len(self.children) == DEEPEST:
            raise Rejected(f"the body has more than {DEEPEST} elements in one another")
        self.children.append({})
        self.texts.append([])

    def text(self, text: str) -> None:
        self.texts[-1].append(text)

    def end(self, name: str) -> None:
        text = "".join(self.texts.pop()).strip()
        value: object = self.children.pop() or text
        if self.children:
            _put(self.children[-1], name.rpartition(":")[2], value)
        else:
            self.root = value


def _put(element: Element, name: str, value: object) -> None:
    there = element.get(name)
    if there is None:
        element[name] = value
    elif isinstance(there, list):
        there.append(value)
    else:
        element[name] = [there, value]
