"""Prompt actions, from the console or a hub system, into the desk's one order of events. Pure."""

from __future__ import annotations

from typing import Any

import msgspec
from pydantic import ValidationError

from models.calendar.local_time import to_moment
from schemas.desk_events import ActionTaken, DeskRecord
from schemas.events import ACTIONS_LOG, Origin
from schemas.identifiers import Moment
from schemas.wire.common import pointers_of
from schemas.wire.dead_letter_v1 import Reason
from schemas.wire.prompt_action_v1 import PromptAction
from streams.engine.batch import Batch
from streams.engine.outputs import Output
from streams.setting_aside import set_aside
from streams.topics import DESK_EVENTS

_encode = msgspec.msgpack.Encoder().encode


def rekey(batch: Batch) -> list[Output]:
    """Each action as a desk event, and what is no action as a dead letter."""
    return [_rekey(record, ACTIONS_LOG + batch.tp.partition) for record in batch]


def _rekey(record: Any, log: int) -> Output:
    value, headers = record.value, record.headers
    if value is None:
        return set_aside(record, headers, Reason.NULL_VALUE).output()
    try:
        content = msgspec.json.decode(value)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, ValueError):
        return set_aside(record, headers, Reason.JSON).output()
    try:
        action = PromptAction.model_validate(content)
    except ValidationError as error:
        return set_aside(record, headers, Reason.SCHEMA, pointers_of(error)).output()
    event = ActionTaken(
        at=Moment(record.timestamp * 1000),
        action_id=action.action_id,
        prompt_id=action.prompt_id,
        revision=action.revision,
        action=action.action,
        by=action.by,
        taken_at=to_moment(action.at),
        to=action.to,
        until=None if action.until is None else to_moment(action.until),
        note=action.note,
        disposition=action.disposition,
        useful=action.useful,
        withdraws=action.withdraws,
    )
    return Output(DESK_EVENTS, b"action", _encode(DeskRecord(Origin(log, record.offset, 0), event)))
