"""Reads a large XML file record by record, in constant memory, and trusts nothing in it.

The standard library's expat, driven directly. No document type, no entities but the five of XML, nothing fetched;
depth, length of a tag, number of names and size of a record are bounded, because expat itself remembers open tags,
unfinished tags and names. Why expat and not another parser is in the README.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from typing import BinaryIO, Final, NoReturn, TypeAlias
from xml.parsers import expat  # guarded below: DTDs and entities are refused

from streams.connectors.reports import Lost, Noted, Reason, Refused
from streams.connectors.xml_parts import Layout, Part, Tree, Use

CHUNK_BYTES: Final = 65_536
MAX_DEPTH: Final = 64  # a census is 7 deep
MAX_TAG_BYTES: Final = 1_048_576  # expat keeps an unfinished tag or comment whole
MAX_NAMES: Final = 10_000  # expat keeps every name it has met; a census has about 60
MAX_TEXT: Final = 1_024  # characters of one value, spaces included
MAX_PARTS: Final = 20_000  # elements of one record; a child with a long history has some hundreds

# Others would be tables that Python imports by the name in the file; these are what exports are written in.
_ENCODINGS: Final = re.compile(
    r"utf-?8|utf-?16(le|be)?|(us-)?ascii|iso-?8859-(1|15)|latin-?[19]|windows-125[0-8]|cp125[0-8]", re.IGNORECASE
)

Read: TypeAlias = Part | Refused | Noted


def read_parts(stream: BinaryIO, layout: Layout, on_bytes: Callable[[int], None] | None = None) -> Iterator[Read]:
    """The records of a file in order, and reports of what was passed over on the way.

    ``on_bytes`` is told after each piece how many bytes have been read. A fault in the file ends the reading: the last
    item is then ``Refused`` with ``Lost.FILE`` (no record came before) or ``Lost.REST``, and before it comes the
    unfinished record, if one was open, with ``is_whole`` false.
    """
    reader = _Reader(layout)
    done = 0
    while True:
        chunk = stream.read(CHUNK_BYTES)
        fault = reader.feed(chunk)
        yield from reader.take()
        if fault is not None:
            yield from reader.salvage()
            yield fault
            return
        if not chunk:
            return
        done += len(chunk)
        if on_bytes is not None:
            on_bytes(done)


class _Stop(Exception):  # noqa: N818 - never leaves this file
    """Ends the parser from inside one of its handlers."""

    def __init__(self, reason: Reason) -> None:
        self.reason = reason


class _Open:
    """An element whose end has not come yet."""

    __slots__ = ("column", "has_stray_text", "length", "line", "name", "numbers", "parts", "place", "text", "use")

    def __init__(self, name: str, place: str, line: int, column: int, use: Tree | Use) -> None:
        self.name, self.place, self.line, self.column, self.use = name, place, line, column, use
        self.parts: list[Part] = []
        self.numbers: dict[str, int] = {}
        self.text: list[str] = []
        self.length = 0
        self.has_stray_text = False

    def finish(self, *, is_whole: bool = True, is_too_long: bool = False) -> Part:
        return Part(
            name=self.name,
            place=self.place,
            line=self.line,
            column=self.column,
            text="".join(self.text).strip(),
            is_too_long=is_too_long or self.length > MAX_TEXT,
            is_whole=is_whole,
            parts=tuple(self.parts),
        )


class _Reader:
    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._ready: deque[Read] = deque()
        self._open: list[_Open] = []
        self._depth = 0
        self._skip_above = 0  # elements deeper than this are passed over; 0: none
        self._record_parts = 0
        self._handed_over = False
        self._fed = 0
        parser = self._parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.XmlDeclHandler = self._declare
        parser.StartDoctypeDeclHandler = self._refuse_dtd
        parser.EntityDeclHandler = self._refuse_dtd
        parser.ExternalEntityRefHandler = self._refuse_dtd
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text

    def feed(self, chunk: bytes) -> Refused | None:
        """Parse the next piece, an empty one being the end; what stops the reading, if anything does."""
        self._fed += len(chunk)
        parser = self._parser
        try:
            parser.Parse(chunk, not chunk)
        except expat.ExpatError as error:  # its text is a fixed phrase, but the reason is ours
            reason = Reason.ENCODING if _is_about_encoding(error) else Reason.MALFORMED_XML
            return self._fault(reason, error.lineno, error.offset + 1)
        except _Stop as stop:
            return self._fault(stop.reason, parser.CurrentLineNumber, parser.CurrentColumnNumber + 1)
        except (LookupError, ValueError):  # raised by Python's own tables of characters
            return self._fault(Reason.ENCODING, 1, 1)
        if self._fed - max(parser.CurrentByteIndex, 0) > MAX_TAG_BYTES:
            return self._fault(Reason.TAG_TOO_LONG, parser.CurrentLineNumber, parser.CurrentColumnNumber + 1)
        if len(parser.intern) > MAX_NAMES:
            return self._fault(Reason.TOO_MANY_NAMES, parser.CurrentLineNumber, parser.CurrentColumnNumber + 1)
        return None

    def take(self) -> Iterator[Read]:
        """What is ready, once."""
        while self._ready:
            yield self._ready.popleft()

    def salvage(self) -> Iterator[Part]:
        """The record that was open when the reading stopped, with those of its parts that had ended."""
        for frame in self._open:
            if frame.name in self._layout.records and self._record_parts <= MAX_PARTS:
                yield frame.finish(is_whole=False)

    def _fault(self, reason: Reason, line: int, column: int) -> Refused:
        place = (self._open[-1].place if self._open else "") or "file"
        lost = Lost.REST if self._handed_over else Lost.FILE
        return Refused(place=place, line=line, column=column, reason=reason, lost=lost)

    def _declare(self, version: str, encoding: str | None, standalone: int) -> None:
        if encoding is not None and not _ENCODINGS.fullmatch(encoding):
            raise _Stop(Reason.ENCODING)

    def _refuse_dtd(self, *_: object) -> NoReturn:
        raise _Stop(Reason.DTD)

    def _start(self, tag: str, _attributes: dict[str, str]) -> None:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise _Stop(Reason.TOO_DEEP)
        if self._skip_above:
            return
        name = tag.rpartition(":")[2]  # a prefix says nothing here: files come with namespaces and without
        line, column = self._parser.CurrentLineNumber, self._parser.CurrentColumnNumber + 1
        if self._open:
            self._start_inside(self._open[-1], name, line, column)
        elif name == self._layout.root:
            self._open.append(_Open(name, "", line, column, self._layout.tree))
        else:
            raise _Stop(Reason.WRONG_FORMAT)

    def _start_inside(self, parent: _Open, name: str, line: int, column: int) -> None:
        """Open an element that the layout knows here, and pass over every other."""
        use = parent.use.get(name) if isinstance(parent.use, Mapping) else None
        shown = name if use is not None else "*"  # a name we do not know may be anything, a surname included
        number = parent.numbers[shown] = parent.numbers.get(shown, 0) + 1
        place = self._place(parent, shown, number)
        match use:
            case None:
                self._ready.append(Noted(place=place, line=line, column=column, reason=Reason.UNKNOWN_ELEMENT))
            case Use.NOT_USED:
                self._ready.append(Noted(place=place, line=line, column=column, reason=Reason.NOT_USED))
            case Use.SKIPPED:
                pass
            case _ if number > 1 and name not in self._layout.repeatable | self._layout.tolerated:
                self._ready.append(
                    Refused(place=place, line=line, column=column, reason=Reason.REPEATED, lost=Lost.VALUE)
                )
            case _:
                self._record_parts = 0 if name in self._layout.records else self._record_parts + 1
                if self._record_parts <= MAX_PARTS:
                    self._open.append(_Open(name, place, line, column, use))
                    return
        self._skip_above = self._depth - 1

    def _place(self, parent: _Open, shown: str, number: int) -> str:
        """Where an element stands, from its record on: ``Child[17]/CINdetails[2]/ReferralSource``."""
        step = f"{shown}[{number}]" if number > 1 or shown == "*" or shown in self._layout.repeatable else shown
        is_outermost = shown in self._layout.records or not parent.place
        return step if is_outermost else f"{parent.place}/{step}"

    def _end(self, _tag: str) -> None:
        self._depth -= 1
        if self._skip_above:
            if self._depth == self._skip_above:
                self._skip_above = 0
            return
        frame = self._open.pop()
        if frame.has_stray_text:
            self._ready.append(Noted(place=frame.place, line=frame.line, column=frame.column, reason=Reason.STRAY_TEXT))
        if frame.name in self._layout.records:
            self._handed_over = True
            self._ready.append(frame.finish(is_too_long=self._record_parts > MAX_PARTS))
        elif self._open and self._inside_a_record():
            self._open[-1].parts.append(frame.finish())

    def _inside_a_record(self) -> bool:
        return any(frame.name in self._layout.records for frame in self._open)

    def _text(self, text: str) -> None:
        if self._skip_above or not self._open:
            return
        frame = self._open[-1]
        if frame.use is not Use.TEXT:
            frame.has_stray_text = frame.has_stray_text or not text.isspace()
        elif frame.length <= MAX_TEXT:
            frame.text.append(text)
            frame.length += len(text)


def _is_about_encoding(error: expat.ExpatError) -> bool:
    return expat.errors.messages[error.code] in (
        expat.errors.XML_ERROR_UNKNOWN_ENCODING,
        expat.errors.XML_ERROR_INCORRECT_ENCODING,
    )
