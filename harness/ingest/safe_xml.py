"""XML that other tools wrote, read without entities: nothing expands, nothing is fetched, nothing nests unseen.

Source:
    Python documentation, `xml.parsers.expat`: handlers of declarations, entities and external references. A document
    type that only names its file, as nvidia-smi writes it, is passed over; one with declarations of its own is refused.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NoReturn
from xml.parsers import expat

from harness.ingest.lines import LONGEST_LINE, refusal, text_of
from harness.model.foreign import ForeignFile

DEEPEST, MOST_ELEMENTS = 64, 400_000


@dataclass(slots=True)
class Element:
    """One element: its own text without that of its children."""

    tag: str
    attributes: dict[str, str]
    line: int
    text: str = ""
    children: list["Element"] = field(default_factory=list)

    def each(self, path: str) -> Iterator["Element"]:
        """Yield each element at a path such as "clocks/sm_clock"."""
        first, _, rest = path.partition("/")
        for child in self.children:
            if child.tag == first:
                yield from child.each(rest) if rest else (child,)

    def at(self, path: str) -> str | None:
        """Return the text at a path, or None where there is none."""
        return next((found.text for found in self.each(path) if found.text), None)


class _Refused(Exception):
    pass


class _Tree:
    def __init__(self) -> None:
        self.root: Element | None = None
        self._open: list[Element] = []
        self._elements = 0
        self.parser = expat.ParserCreate()
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._characters
        self.parser.StartDoctypeDeclHandler = self._document_type
        self.parser.EntityDeclHandler = self._entity
        self.parser.ExternalEntityRefHandler = self._entity

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        self._elements += 1
        if len(self._open) >= DEEPEST:
            raise _Refused(f"nesting deeper than {DEEPEST}")
        if self._elements > MOST_ELEMENTS:
            raise _Refused(f"more than {MOST_ELEMENTS:,} elements")
        element = Element(tag=tag, attributes=attributes, line=self.parser.CurrentLineNumber)
        if self._open:
            self._open[-1].children.append(element)
        else:
            self.root = element
        self._open.append(element)

    def _end(self, tag: str) -> None:  # noqa: ARG002 - expat itself refuses an end that does not fit.
        element = self._open.pop()
        element.text = element.text.strip()

    def _characters(self, text: str) -> None:
        if text.strip() and len(self._open[-1].text) < LONGEST_LINE:
            self._open[-1].text += text[:LONGEST_LINE]

    def _document_type(self, name: str, system: str | None, public: str | None, declares: int) -> None:  # noqa: ARG002
        if declares:
            raise _Refused("a document type with declarations of its own")

    def _entity(self, *_: object) -> NoReturn:
        raise _Refused("an entity")


def xml_of(file: ForeignFile) -> Element:
    """Return the root element of a file.

    Raises:
        UnreadableInput: It is no XML, declares entities, nests deeper than 64 or has more than 400,000 elements.
    """
    text, tree = text_of(file).lstrip(), _Tree()
    try:
        tree.parser.Parse(text, True)
    except _Refused as refused:
        need = f"XML without entities and declarations, at most {DEEPEST} deep, at most {MOST_ELEMENTS:,} elements"
        raise refusal(file, f"line {tree.parser.CurrentLineNumber}", str(refused), need) from None
    except (expat.ExpatError, ValueError) as error:
        where = f"line {tree.parser.CurrentLineNumber}"
        raise refusal(file, where, str(error).partition(":")[0], "XML that is complete") from None
    if tree.root is None:
        raise refusal(file, "the file", "no element", "XML")
    return tree.root
