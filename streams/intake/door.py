"""One batch of a partner's topic: each record becomes a statement, or a dead letter. Pure."""

from __future__ import annotations

from zlib import crc32

import msgspec
from msgspec import Struct

from schemas.events import PARTNER_LOG, Origin
from schemas.identifiers import Moment
from schemas.wire.dead_letter_v1 import Reason
from streams.engine.batch import Batch
from streams.engine.outputs import Output
from streams.intake.accept import Accepted, Door, PartnerRecord
from streams.intake.statements import StatementRecord
from streams.setting_aside import set_aside
from streams.topics import STATEMENTS

MOST_PARTITIONS = 1_024
_encode = msgspec.msgpack.Encoder().encode


class Answered(Struct, frozen=True, gc=False):
    """What follows from a batch: the records to send, and why records were set aside and when they came."""

    outputs: list[Output]
    set_aside: list[tuple[Reason, Moment]]


def answer(door: Door, batch: Batch) -> Answered:
    """Open each record of a batch."""
    log = log_of(batch.tp.topic, batch.tp.partition)
    outputs: list[Output] = []
    reasons: list[tuple[Reason, Moment]] = []
    for record in batch:
        partner_record = PartnerRecord(
            record.topic, record.partition, record.offset, record.timestamp, record.key, record.value, record.headers
        )
        told = door.accept(partner_record)
        if isinstance(told, Accepted):
            statement = told.statement
            sent = StatementRecord(Origin(log, record.offset, 0), statement)
            outputs.append(Output(STATEMENTS, statement.key.encode(), _encode(sent)))
        else:
            reasons.append((told.reason, Moment(record.timestamp * 1000)))
            outputs.append(set_aside(partner_record, record.headers, told.reason, told.fields).output())
    return Answered(outputs, reasons)


def log_of(topic: str, partition: int) -> int:
    """The number of a partner's log: derived from its name, so that every process says the same."""
    return PARTNER_LOG + crc32(topic.encode()) * MOST_PARTITIONS + partition
