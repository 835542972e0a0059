"""Our own words as bytes and back: MessagePack between our processes, JSON for what we publish.

Partners' bytes are never read here; that is ``streams.intake.accept``, which answers instead of raising.
"""

from __future__ import annotations

from typing import Final, Generic, TypeVar

import msgspec

from schemas.desk_events import DeskRecord
from schemas.events import FamilyRecord
from schemas.examples import ExampleRecord
from schemas.prompts import Prompt
from schemas.statements import LinkStated, Statement

_Word = TypeVar("_Word")


class UnreadableRecord(ValueError):  # noqa: N818 - named for what happened
    """A record on one of our own topics is not what that topic carries. Operator: it was written by another version,
    or by somebody else; it is set aside as ``HANDLER_BUG``. The message names the class expected, never the content.
    """


class Reader(Generic[_Word]):
    """Reads one class of record; the bytes may come from another version of earlyword."""

    def __init__(self, decoder: msgspec.msgpack.Decoder[_Word] | msgspec.json.Decoder[_Word]) -> None:
        self._decode = decoder.decode
        self._name = getattr(decoder.type, "__name__", "record")

    def __call__(self, content: bytes) -> _Word:
        """The record of these bytes. Raises UnreadableRecord."""
        try:
            return self._decode(content)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            raise UnreadableRecord(f"these bytes are no {self._name}") from None


write: Final = msgspec.msgpack.Encoder().encode
"""Any of our words as MessagePack, for the topics that only we read."""

write_json: Final = msgspec.json.Encoder().encode
"""A prompt as JSON, field for field as EVENTS section 3 has it."""

read_statement: Final = Reader(msgspec.msgpack.Decoder(Statement))
read_link: Final = Reader(msgspec.msgpack.Decoder(LinkStated))
read_family_record: Final = Reader(msgspec.msgpack.Decoder(FamilyRecord))
read_example_record: Final = Reader(msgspec.msgpack.Decoder(ExampleRecord))
read_desk_record: Final = Reader(msgspec.msgpack.Decoder(DeskRecord))
read_prompt: Final = Reader(msgspec.json.Decoder(Prompt))
