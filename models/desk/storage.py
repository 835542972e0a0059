"""A desk as bytes and back: what is stored is the prompts; everything that follows from them is worked out anew.

The same desk gives the same bytes, however it came about. The row around them has the checksum (``streams.engine``).
"""

from __future__ import annotations

from typing import Final

import msgspec
from msgspec import Struct

from models.desk.keeping import index
from models.desk.shelf import Shelf
from models.desk.state import ClosedPrompt, DayOfClosings, DeskState, HeldPrompt, Opened
from models.freshness.heard import FeedDays
from schemas.identifiers import Day, Moment

DESK_STATE_VERSION: Final = 1
"""Append fields to the stored structs only, with a default; for another change raise this, and read the old one too."""


class UnreadableDesk(Exception):  # noqa: N818 - named after what is wrong, as all of ours
    """The stored desk is not one, is damaged, or was written by a later release.

    Operator: do not start with an empty desk, the open prompts would be lost. Run the release that wrote it, or restore
    the changelog topic of the desk table.
    """


class _StoredDesk(Struct, frozen=True, array_like=True):
    version: int
    clock: Moment
    day: Day
    live: tuple[HeldPrompt, ...]
    closed: tuple[ClosedPrompt, ...]
    closings: tuple[DayOfClosings, ...]
    opened: tuple[Opened, ...]
    raised: int
    forgotten: int
    heard: FeedDays = {}

    def __repr__(self) -> str:
        return "StoredDesk(...)"


_encoder: Final = msgspec.msgpack.Encoder()
_decoder: Final = msgspec.msgpack.Decoder(_StoredDesk)


def encode(desk: DeskState) -> bytes:
    """This desk as bytes; the same bytes for the same desk."""
    return _encoder.encode(
        _StoredDesk(
            version=DESK_STATE_VERSION,
            clock=desk.clock,
            day=desk.day,
            live=tuple(desk.live),
            closed=tuple(desk.closed),
            closings=desk.closings,
            opened=desk.opened,
            raised=desk.raised,
            forgotten=desk.forgotten,
            heard=dict(sorted(desk.heard.items())),
        )
    )


def decode(raw: bytes) -> DeskState:
    """The desk that these bytes hold. Raises UnreadableDesk."""
    try:
        stored = _decoder.decode(raw)
    except msgspec.DecodeError:
        raise UnreadableDesk("these bytes are not a desk of this release's version") from None
    if stored.version != DESK_STATE_VERSION:
        raise UnreadableDesk("the desk is of a version that this release does not read")
    return index(
        DeskState(
            clock=stored.clock,
            day=stored.day,
            live=Shelf((held.id, held) for held in stored.live),
            closed=Shelf((closed.id, closed) for closed in stored.closed),
            closings=stored.closings,
            opened=stored.opened,
            raised=stored.raised,
            forgotten=stored.forgotten,
            heard=stored.heard,
        )
    )
