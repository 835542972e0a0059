"""One school week of one child at one school: fourteen letters, and who said which.

A week has one canonical form: versions sorted, none unused, ``said_by`` empty while one version said it all. So the
same marks make the same week, whatever the order in which they were told.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Final

import msgspec

from models.family.codes import NOTHING
from models.family.state import Said, Week

SLOTS: Final = 14
EMPTY: Final = NOTHING * SLOTS
_ONE_VERSION: Final = bytes(SLOTS)


def tell_week(week: Week | None, school: str, told: Sequence[tuple[int, str]], said: Said) -> Week:
    """The week with these sessions (slot and letter) told by one statement; the same week if it knew as new ones."""
    if week is None:
        codes = list(EMPTY)
        for slot, letter in told:
            codes[slot] = letter
        return Week(school, "".join(codes), b"", (said,))
    if said > week.versions[-1]:
        return _tell_newest(week, told, said)
    codes, spoke = list(week.codes), spoken(week)
    is_new = False
    for slot, letter in told:
        held = spoke[slot]
        if held is None or said > held:
            codes[slot], spoke[slot], is_new = letter, said, True
    return make_week(school, codes, spoke) if is_new else week


def _tell_newest(week: Week, told: Sequence[tuple[int, str]], said: Said) -> Week:
    """The same for a statement that is newer than all that the week holds: mostly so, since time goes on."""
    codes, said_by, newest = list(week.codes), bytearray(week.said_by or _ONE_VERSION), len(week.versions)
    replaces = False
    for slot, letter in told:
        replaces = replaces or codes[slot] != NOTHING
        codes[slot], said_by[slot] = letter, newest
    versions = (*week.versions, said)
    if replaces and len({index for index, letter in zip(said_by, codes, strict=True) if letter != NOTHING}) <= newest:
        return make_week(week.school, codes, [versions[index] for index in said_by])
    return Week(week.school, "".join(codes), bytes(said_by), versions)


def join_week(one: Week | None, other: Week) -> Week:
    """The union of what two stories hold of one week: per session the newest version."""
    if one is None or one == other:
        return other
    codes, spoke = list(one.codes), spoken(one)
    for slot, said in enumerate(spoken(other)):
        held = spoke[slot]
        if said is not None and (held is None or said > held):
            codes[slot], spoke[slot] = other.codes[slot], said
    return make_week(one.school, codes, spoke)


def cut_week(week: Week, keep_from: int) -> Week | None:
    """The week without what comes before this slot; None if nothing is left of it."""
    codes = EMPTY[:keep_from] + week.codes[keep_from:]
    return None if codes == EMPTY else make_week(week.school, codes, spoken(week))


def change_versions(week: Week, change: Callable[[Said], Said]) -> Week:
    """The week with each of its versions changed."""
    return make_week(week.school, week.codes, [None if said is None else change(said) for said in spoken(week)])


def spoken(week: Week) -> list[Said | None]:
    """Who said what is known of each session."""
    versions = week.versions
    return [
        versions[index] if letter != NOTHING else None
        for letter, index in zip(week.codes, week.said_by or _ONE_VERSION, strict=True)
    ]


def make_week(school: str, codes: Sequence[str], spoke: Sequence[Said | None]) -> Week:
    """A week in its canonical form. Who is said to have spoken of a session of which nothing is known is left out."""
    heard = [said if letter != NOTHING else None for said, letter in zip(spoke, codes, strict=True)]
    versions = tuple(sorted({said for said in heard if said is not None}))
    if len(versions) == 1:
        return Week(school, "".join(codes), b"", versions)
    index = {said: at for at, said in enumerate(versions)}
    return Week(school, "".join(codes), bytes(0 if said is None else index[said] for said in heard), versions)


def pack_open(weeks: Iterable[Week]) -> bytes:
    """The weeks of one Monday as a strand keeps them while they may still change: quick to read and to write."""
    return _encode(sorted(weeks, key=_school))


def pack_alone(week: Week) -> bytes:
    """The same of a Monday of which one school spoke, as it nearly always is."""
    return _encode((week,))


def _school(week: Week) -> str:
    return week.school


_encode = msgspec.msgpack.Encoder().encode
unpack_open = msgspec.msgpack.Decoder(tuple[Week, ...]).decode
"""The weeks of one Monday, in order of school."""
