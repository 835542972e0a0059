"""Dead letters: the record to the byte, a note without values, a story that goes along, and a limit."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from models.calendar.local_time import MINUTE
from schemas.identifiers import Moment
from schemas.wire import dead_letter_v1 as named
from schemas.wire.dead_letter_v1 import Reason
from streams.dead_letter_limit import DeadLetterLimit, TooManySetAside
from streams.dead_letters import (
    MOST_KEPT,
    Letter,
    UnreadableLetter,
    headers_of,
    read_letter,
    replay,
    show,
    write_letter,
)
from streams.intake.accept import Accepted, PartnerRecord, SetAside
from streams.setting_aside import set_aside_statement
from tests.unit.intake.told import a_door, data_of, record_of

HEADERS: list[tuple[str, bytes | None]] = [("ce_id", b"e-1"), ("trace", b"\xff"), ("trace", None), ("", b"")]
RECORD = PartnerRecord(
    topic="earlyword.in.oakfield.referral.v1",
    partition=3,
    offset=417,
    timestamp=1_772_469_000_000,
    key=b"\xff\x00",
    value=b'{"W999400124001":\xff}',
    headers=HEADERS,
)


def a_letter(**changes: object) -> Letter:
    record = replace(RECORD, **changes)
    return write_letter(record, record.headers, Reason.SCHEMA, ("", "/marks/0/code"), app_version="0.1.0")  # type: ignore[arg-type]


def test_a_letter_is_read_as_it_was_written() -> None:
    letter = a_letter()
    assert read_letter(letter.key, letter.value, headers_of(letter)) == letter


def test_the_partners_bytes_are_kept() -> None:
    letter = a_letter()
    assert (letter.key, letter.value, list(letter.headers)) == (RECORD.key, RECORD.value, HEADERS)
    assert list(headers_of(letter))[: len(HEADERS)] == HEADERS


def test_an_id_used_again_points_to_the_id_as_a_partners_own_check_does() -> None:
    record = record_of("referral")
    answer = a_door().accept(record)
    assert isinstance(answer, Accepted)
    sent = set_aside_statement(answer.statement)
    letter = read_letter(sent.key, sent.value, sent.headers)
    assert (letter.note.reason, letter.note.fields) == (Reason.ID_REUSE, ("/id",))
    assert (letter.note.topic, letter.note.partition, letter.note.offset) == (record.topic, 3, 417)
    assert (letter.key, letter.value, list(letter.headers)) == (record.key, record.value, record.headers)


@pytest.mark.parametrize("value", [None, b""])
def test_nothing_and_an_empty_value_stay_apart(value: bytes | None) -> None:
    letter = a_letter(value=value, key=value)
    assert (letter.key, letter.value) == (value, value)
    assert show(letter).value_bytes == (None if value is None else 0)


def test_the_note_says_where_and_why_and_nothing_else() -> None:
    ours = dict(list(headers_of(a_letter()))[len(HEADERS) :])
    assert ours == {
        named.TOPIC: b"earlyword.in.oakfield.referral.v1",
        named.PARTITION: b"3",
        named.OFFSET: b"417",
        named.TIMESTAMP: b"1772469000000",
        named.REASON: b"SCHEMA",
        named.FIELDS: b'["", "/marks/0/code"]',
        named.APP_VERSION: b"0.1.0",
        named.FIRST_SEEN: b"1772469000000",
        named.ATTEMPTS: b"1",
    }


def test_whoever_lists_letters_sees_sizes_and_no_words() -> None:
    letter = a_letter()
    shown = show(letter)
    assert (shown.key_bytes, shown.value_bytes, shown.headers) == (2, len(RECORD.value or b""), 4)
    assert shown.because == Reason.SCHEMA.value
    assert "W999400124001" not in f"{shown!r} {letter!r} {replay(letter, 'earlyword.dead-letters.v1/1@9')!r}"


def test_a_replay_is_the_same_event_and_brings_its_story() -> None:
    again = replay(a_letter(), "earlyword.dead-letters.v1/1@9")
    assert (again.topic, again.partition, again.key, again.value) == (RECORD.topic, 3, RECORD.key, RECORD.value)
    assert list(again.headers)[: len(HEADERS)] == HEADERS
    assert dict(list(again.headers)[len(HEADERS) :]) == {
        named.FIRST_SEEN: b"1772469000000",
        named.ATTEMPTS: b"1",
        named.REPLAYED_FROM: b"earlyword.dead-letters.v1/1@9",
    }


def test_a_replay_that_fails_again_counts_on() -> None:
    again = replay(a_letter(), "earlyword.dead-letters.v1/1@9")
    record = replace(RECORD, offset=900, timestamp=1_772_470_000_000, headers=again.headers)
    second = write_letter(record, again.headers, Reason.JSON, app_version="0.2.0")
    assert (second.note.attempts, second.note.first_seen) == (2, 1_772_469_000_000)
    assert second.note.replayed_from == "earlyword.dead-letters.v1/1@9"
    assert second.note.timestamp == 1_772_470_000_000
    assert list(second.headers) == HEADERS
    names = [name for name, _ in headers_of(second) if name.startswith(named.PREFIX)]
    assert len(names) == len(set(names)) == 10


@pytest.mark.parametrize("story", [b"", b"-1", b"1e3", b"9" * 5000, b"\xff", b"\xd9\xa3", None])
def test_a_story_that_a_partner_made_up_is_begun_anew(story: bytes | None) -> None:
    forged = [(named.ATTEMPTS, story), (named.FIRST_SEEN, story)]
    note = write_letter(RECORD, forged, Reason.JSON, app_version="0.1.0").note
    assert (note.attempts, note.first_seen) == (1, RECORD.timestamp)


def test_a_replayed_event_is_the_same_to_the_door() -> None:
    record = record_of("referral")
    letter = write_letter(record, list(record.headers or ()), Reason.HANDLER_BUG, app_version="0.1.0")  # type: ignore[arg-type]
    again = replace(record, headers=replay(letter, "earlyword.dead-letters.v1/1@9").headers)
    first, second = a_door().accept(record), a_door().accept(again)
    assert isinstance(first, Accepted)
    assert isinstance(second, Accepted)
    assert first.statement.digest == second.statement.digest
    assert first.statement.version == second.statement.version


def test_what_the_door_says_goes_into_the_note() -> None:
    record = record_of("referral", data_of("referral", referral_id=""))
    answer = a_door().accept(record)
    assert isinstance(answer, SetAside)
    letter = write_letter(record, (), answer.reason, answer.fields, app_version="0.1.0")
    assert letter.note.fields == ("/referral_id",)


@pytest.mark.parametrize(
    "spoilt",
    [
        {named.REASON: b"NOT_A_REASON"},
        {named.OFFSET: b"x"},
        {named.FIELDS: b"{"},
        {named.FIELDS: b"7"},
        {named.FIELDS: b"[" * 100_000},
        {named.TOPIC: b"\xff"},
        {named.APP_VERSION: None},
    ],
)
def test_a_record_that_is_no_letter_is_told_apart(spoilt: dict[str, bytes | None]) -> None:
    headers = dict(headers_of(a_letter())) | spoilt
    if headers[named.APP_VERSION] is None:
        del headers[named.APP_VERSION]
    with pytest.raises(UnreadableLetter) as error:
        read_letter(b"", b"", list(headers.items()))
    assert "oakfield" not in str(error.value)


def test_every_reason_says_something_to_a_partners_developer() -> None:
    for reason in Reason:
        assert reason.value.endswith(".")
    assert len({reason.value for reason in Reason}) == len(Reason) == 14


def moment(minutes: float) -> Moment:
    return Moment(int(minutes * MINUTE))


def test_more_letters_than_a_slip_would_make_stop_the_worker() -> None:
    limit = DeadLetterLimit(count=3, minutes=5)
    for at in (0, 1, 2):
        limit = limit.add(moment(at))
    with pytest.raises(TooManySetAside, match="more than 3 records were set aside within 5 minutes"):
        limit.add(moment(4.9))


def test_letters_of_long_ago_do_not_count() -> None:
    limit = DeadLetterLimit(count=3, minutes=5)
    for at in range(0, 300, 2):
        limit = limit.add(moment(at))
    assert len(limit.recent) == 3


def test_a_time_that_goes_back_does_not_reset_the_count() -> None:
    limit = DeadLetterLimit(count=2, minutes=5).add(moment(10)).add(moment(9))
    with pytest.raises(TooManySetAside):
        limit.add(moment(8))


@pytest.mark.parametrize("part", ["key", "value", "headers"])
def test_a_record_too_large_to_keep_leaves_its_beginning_and_its_size(part: str) -> None:
    """Compression carries it past the broker; a letter that could not be written would stop the partition."""
    much = b"x" * (MOST_KEPT + 1)
    headers = [*HEADERS, ("more", much)] if part == "headers" else HEADERS
    record = replace(RECORD, **({} if part == "headers" else {part: much}), headers=tuple(headers))
    letter = write_letter(record, headers, Reason.TOO_LARGE, app_version="0.1.0")
    lies = headers_of(letter)
    size = len(letter.key or b"") + len(letter.value or b"") + sum(len(n) + len(v or b"") for n, v in lies)
    assert size < MOST_KEPT
    assert (letter.value or b"") == (record.value or b"")[: len(letter.value or b"")] != b""
    assert letter.note.cut_from is not None
    assert letter.note.cut_from > MOST_KEPT
    assert read_letter(letter.key, letter.value, lies) == letter
