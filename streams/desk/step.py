"""One batch of desk events against the one desk: which prompt revisions are to be published.

Pure but for the table it is given. The whole desk is one row, because one order of events decides everything in it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Protocol
from zlib import compress, decompress

import msgspec
from msgspec import Struct

from models.desk.policy import DeskPolicy
from models.desk.revising import DeskTransition, RefusedAction
from models.desk.state import DeskState
from models.desk.storage import DESK_STATE_VERSION, decode, encode
from models.desk.transition import advance
from schemas.desk_events import ActionTaken, DeskEvent, DeskRecord, Heard
from schemas.events import ACTIONS_LOG, Origin
from schemas.identifiers import Moment
from schemas.prompts import Prompt
from streams.codecs import write_json
from streams.delivery import Held, Hops, Outbox, Sent
from streams.engine.batch import Batch
from streams.engine.header import pack, unpack
from streams.engine.outputs import Output
from streams.topics import PROMPTS

DESK_KEY = b"desk"
ANSWERS = frozenset({"acknowledged", "assigned", "snoozed", "disposed"})
"""Actions by which a worker takes a prompt up or answers it; a note alone does neither."""
FASTEST = 1
"""zlib level: a desk with 1,000 open prompts is 1.4 MB, more than a record may be; its words repeat, and the outbox
says them again."""


class DeskTable(Protocol):
    """What a step needs of the engine's table."""

    def get(self, key: bytes) -> bytes | None: ...
    def __setitem__(self, key: bytes, value: bytes) -> None: ...


class DeskRow(Struct, frozen=True, array_like=True):
    """The desk as it lies in the table, behind the engine's header."""

    hops: Hops
    outbox: Outbox
    story: bytes


class Published(Struct, frozen=True):
    """What follows from a batch. ``waited`` are the times, in microseconds, from a prompt to its first answer."""

    outputs: list[Output]
    prompts: list[Prompt]
    refused: list[RefusedAction]
    waited: list[int]
    repeated: int
    desk: DeskState
    newest: Moment
    overflows: bool = False


_encode = msgspec.msgpack.Encoder().encode
_row = msgspec.msgpack.Decoder(DeskRow).decode
_record = msgspec.msgpack.Decoder(DeskRecord).decode


class DeskInHand:
    """The desk, decoded once and not for every batch. It follows the table's row: another row is read anew."""

    def __init__(self) -> None:
        self._row: bytes | None = None
        self._desk = DeskState()

    def read(self, row: bytes | None) -> DeskState:
        """The desk of this row."""
        if row is not self._row:
            self._desk = DeskState() if row is None else decode(_row(decompress(unpack(row).payload)).story)
            self._row = row
        return self._desk

    def keep(self, row: bytes, desk: DeskState) -> None:
        """The row that was just written, and what it says."""
        self._row, self._desk = row, desk


def step(
    desks: DeskTable, batch: Batch, in_hand: DeskInHand, policy: DeskPolicy, set_aside_bug: Callable[[Any], Sent],
    set_aside_action: Callable[[RefusedAction, Origin], Sent],
) -> Published:  # fmt: skip
    """Tell a batch to the desk; the prompt revisions in the order in which they came about."""
    row = desks.get(DESK_KEY)
    held = _open(row, in_hand.read(row), batch.start)
    done = Published([], [], [], [], 0, held.story, Moment(0))
    repeated, newest = 0, Moment(0)
    for record in batch:
        try:
            told = _record(record.value or b"")
            if not isinstance(told.event, Heard):  # it tells no time
                newest = max(newest, told.event.at)
            if held.is_repeat(record.offset):
                done.outputs.extend(sent.output() for sent in held.sent_for(record.offset))
                continue
            if held.has_hopped(told.origin):
                repeated += 1
                continue
            transition = advance(held.story, told.event, policy)
            waited = _first_answer(held.story, told.event, transition)
            sent = (*_prompts(transition), *_refused(transition, told.origin, set_aside_action))
            held.keep(transition.desk, record.offset, told.origin, sent)
            repeated += transition.repeated
            done.outputs.extend(entry.output() for entry in sent)
            done.prompts.extend(transition.prompts)
            done.refused.extend(transition.refused_actions)
            done.waited.extend(waited)
        except Exception:  # noqa: BLE001  # one bad event is set aside; it must never raise into Faust, which loses it
            done.outputs.append(set_aside_bug(record).output())
    if held.is_changed:
        payload = compress(_encode(DeskRow(held.hops, held.outbox_to_keep(), encode(held.story))), FASTEST)
        written = pack(payload, guard=held.guard, schema=DESK_STATE_VERSION)
        desks[DESK_KEY] = written
        in_hand.keep(written, held.story)
    return Published(
        done.outputs, done.prompts, done.refused, done.waited, repeated, held.story, newest, held.overflows
    )


def _first_answer(before: DeskState, event: DeskEvent, transition: DeskTransition) -> Iterator[int]:
    """How long a prompt waited for somebody, where this is the first action by which a worker answered it."""
    if not isinstance(event, ActionTaken) or event.action not in ANSWERS:
        return
    held = before.live.get(event.prompt_id)
    if held is None or transition.repeated or transition.refused_actions:
        return
    if not any(taken.accepted and taken.action in ANSWERS for taken in held.actions):
        yield max(0, event.at - held.raised_at)


def _prompts(transition: DeskTransition) -> tuple[Sent, ...]:
    return tuple(Sent(PROMPTS, prompt.prompt_id.encode(), write_json(prompt)) for prompt in transition.prompts)


def _refused(
    transition: DeskTransition, origin: Origin | None, set_aside_action: Callable[[RefusedAction, Origin], Sent]
) -> tuple[Sent, ...]:
    at = origin or Origin(ACTIONS_LOG, 0, 0)
    return tuple(set_aside_action(refused, at) for refused in transition.refused_actions)


def _open(row: bytes | None, desk: DeskState, batch_start: int) -> Held[DeskState]:
    if row is None:
        return Held(desk, -1, {}, (), batch_start)
    header = unpack(row)
    kept = _row(decompress(header.payload))
    return Held(desk, header.guard, kept.hops, kept.outbox, batch_start)
