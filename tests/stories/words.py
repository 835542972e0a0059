"""What can be said in a story: each sentence becomes a line of the simulator's tables, or something a worker does.

A sentence is a head and details, between commas. Every word is in ``vocabulary.py`` or stands
here; any other is an error.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, get_args

from schemas.wire.school_absence_v1 import RegisterCode
from tests.stories.dates import WordsError, in_table, moment_in_table, read_days
from tests.stories.details import Details
from tests.stories.vocabulary import (
    CONCERNS,
    DECISIONS,
    GRADES,
    MARKS,
    NOTICES,
    PLANS,
    ROLES,
    SENDERS,
    SESSIONS,
    SOURCES,
)
from tests.stories.workers import ACTIONS, Done, read_doing, read_number


@dataclass(frozen=True)
class Said:
    """What an agency says: a line of the simulator's tables, and what it is called when a prompt names it."""

    table: str
    reference: str | None
    children: tuple[str, ...]
    again: bool = False
    id_of: int | None = None
    written: str | None = None


def read_saying(who: str, says: str, about: str) -> Said | Done:
    """One row: who says what about whom. Raises WordsError."""
    head, *rest = [part.strip() for part in says.split(",")]
    details = Details(rest)
    if head == "the same again":
        details.finish()
        return Said("", None, (), again=True)
    if who not in _SPEAKERS:
        raise WordsError(f"nobody is called '{who}'; known are {', '.join(_SPEAKERS)}")
    for pattern, reads in _SPEAKERS[who]:
        found = re.fullmatch(pattern, head)
        if found is not None:
            said = reads(who, found, details, about)
            details.finish()
            return said
    raise WordsError(f"the {who} cannot say '{head}'")


def _say(line: list[str | None], details: Details, reference: str | None, about: str, who: str = "") -> Said:
    line = [*line, "retract" if details.has("taken back") else None]
    id_of = details.after("under the id of line")
    return Said(
        " ".join(word for word in line if word is not None),
        reference,
        tuple(letter for letter, _ in _people(about)),
        id_of=None if id_of is None else read_number(id_of),
        written=details.after("written"),
    )


def _police(who: str, head: re.Match[str], details: Details, about: str) -> Said:
    kind = NOTICES[head[1]]
    people = ",".join(letter if role is None else f"{letter}:{role}" for letter, role in _people(about))
    line = [
        "police",
        f"ref={head[2]}",
        f"child={people}",
        f"type={kind}",
        _field("grade", details.one_of(GRADES)),
        _field("concerns", ",".join(details.all_of(CONCERNS)) or None),
        _field("of", details.after("of incident")),
        _time("occurred", details.after("happened")),
    ]
    if kind == "MISSING":
        line.append(f"missing={details.after('category') or 'M'}")
        line += [_time("started", details.after("gone")), _time("ended", details.after("back"))]
    return _say(line, details, head[2], about)


def _referral(who: str, head: re.Match[str], details: Details, about: str) -> Said:
    source = details.after("from")
    if source not in SOURCES:
        raise WordsError(f"a referral is from one of {', '.join(SOURCES)}")
    closed = details.after("closed")
    line = [
        "referral",
        f"ref={head[1]}",
        f"child={_one_child(about)}",
        f"source={SOURCES[source]}",
        f"by={SENDERS[who]}",
        _field("outcome", details.one_of(DECISIONS)),
        _time("decided", details.after("decided")),
        _time("referred", details.after("happened")),
        None if closed is None else f"closed={in_table(read_days(closed)[0])} reason=RC8",
    ]
    return _say(line, details, head[1], about)


def _plan(who: str, head: re.Match[str], details: Details, about: str) -> Said:
    return _outcome(f"{PLANS[head[1]]}-{'started' if head[3] == 'begins' else 'ended'}", head[2], details, about)


def _closing(who: str, head: re.Match[str], details: Details, about: str) -> Said:
    return _outcome("case-closed", head[1], details, about, "RC8")


def _assessment(who: str, head: re.Match[str], details: Details, about: str) -> Said:
    return _outcome("assessment-completed", head[1], details, about, "child-in-need")


def _outcome(kind: str, reference: str, details: Details, about: str, result: str | None = None) -> Said:
    on = details.after("on")
    line = [
        "outcome",
        f"ref={reference}",
        f"child={_one_child(about)}",
        f"kind={kind}",
        _field("result", result),
        None if on is None else f"on={in_table(read_days(on)[0])}",
    ]
    return _say(line, details, reference, about)


def _marks(who: str, head: re.Match[str], details: Details, about: str) -> Said:
    code = head[1] if head[1] is not None else MARKS[head[0]]
    if head[1] is not None and code not in get_args(RegisterCode):
        raise WordsError(f"'{code}' is no code of the register")
    first, last = read_days(details.first())
    sessions = SESSIONS.get(when := details.first())
    if sessions is None:
        raise WordsError(f"'{when}' is none of {', '.join(SESSIONS)}")
    codes = [f"{session}={code or ('/' if session == 'AM' else chr(92))}" for session in sessions]
    school = "900002" if details.has("at another school") else "900001"
    on = in_table(first) if first == last else f"{in_table(first)}..{in_table(last)}"
    line = ["marks", f"child={_one_child(about)}", f"on={on}", *codes, f"school={school}"]
    return _say([*line], details, None, about)


def _family(who: str, head: re.Match[str], details: Details, about: str) -> Said:
    # Taken back is only that they belong to the family: each remains one child under all its names.
    verb = "move" if details.has("taken back") else None
    children = ",".join(letter for letter, _ in _people(about))
    line = [verb or "link", f"child={children}", f"family={head[1]}", "retract" if verb else None]
    return _say([*line], details, None, about)


def _one(who: str, head: re.Match[str], details: Details, about: str) -> Said:
    return _say(["link", f"child={','.join(letter for letter, _ in _people(about))}"], details, None, about)


_Reads = Callable[[str, "re.Match[str]", Details, str], "Said | Done"]
_REFERRAL: Final[tuple[str, _Reads]] = (r"referral (R\d+)", _referral)
_SPEAKERS: Final[dict[str, tuple[tuple[str, _Reads], ...]]] = {
    "police": ((rf"({'|'.join(NOTICES)}) (N\d+)", _police),),
    "council": (
        _REFERRAL,
        (r"in family (F\d+)", _family),
        (r"one child", _one),
        (rf"({'|'.join(PLANS)}) (X\d+) (begins|ends)", _plan),
        (r"case (X\d+) closed", _closing),
        (r"assessment (X\d+) completed", _assessment),
    ),
    "health": (_REFERRAL,),
    "school": (_REFERRAL, (rf"(?:{'|'.join(MARKS)})|code (\S+)", _marks)),
    "worker": ((rf"({'|'.join(ACTIONS)})", read_doing),),
}


def _people(about: str) -> list[tuple[str, str | None]]:
    """``A and B present``: the children and the part that each had."""
    people = []
    for text in about.split(" and "):
        found = re.fullmatch(rf"([A-Z])(?: ({'|'.join(ROLES)}))?", text)
        if found is None:
            raise WordsError(f"'{text}' is no child; write A, or A present, or A and B")
        people.append((found[1], found[2]))
    return people


def _one_child(about: str) -> str:
    people = _people(about)
    if len(people) != 1 or people[0][1] is not None:
        raise WordsError("this is said about one child, as A")
    return people[0][0]


def _field(name: str, value: str | None) -> str | None:
    return None if value is None else f"{name}={value}"


def _time(name: str, value: str | None) -> str | None:
    return None if value is None else f"{name}={moment_in_table(value)}"
