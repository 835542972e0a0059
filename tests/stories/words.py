"""What can be said in a story: each sentence becomes a line of the simulator's tables, or something a worker does.

A sentence is a head and details, between commas. Every word is in one of the tables below; any other is an error.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final, get_args

from schemas.prompts import Disposition
from schemas.wire.police_notification_v1 import Concern
from schemas.wire.school_absence_v1 import RegisterCode
from tests.stories.dates import WordsError, in_table, moment_in_table, read_days, read_moment

GRADES: Final = ("green", "amber", "red", "standard", "medium", "high")
CONCERNS: Final = {concern.replace("-", " "): concern for concern in get_args(Concern)}
SOURCES: Final = {
    "a relative": "1A",
    "the child": "1C",
    "a school": "2A",
    "a GP": "3A",
    "a health visitor": "3B",
    "an A&E department": "3E",
    "housing": "4",
    "social care": "5A",
    "the police": "6",
    "a court": "7",
    "a charity": "8",
    "nobody named": "9",
}
DECISIONS: Final = {
    "no further action": "no-further-action",
    "advice given": "information-and-advice",
    "early help": "early-help",
    "assessment": "assessment",
    "strategy discussion": "strategy-discussion",
}
NOTICES: Final = {
    "notice": "PPN",
    "missing notice": "MISSING",
    "Encompass notice": "ENCOMPASS",
    "other notice": "OTHER",
}
PLANS: Final = {
    "child in need plan": "cin-plan",
    "early help": "early-help",
    "child protection plan": "cp-plan",
    "placement": "looked-after",
}
MARKS: Final = {
    "present": None,
    "absent without leave": "O",
    "absent with leave": "C",
    "ill": "I",
    "excluded": "E",
    "school closed": "Y2",
}
SESSIONS: Final = {"all day": ("AM", "PM"), "mornings": ("AM",), "afternoons": ("PM",)}
ROLES: Final = ("subject", "present", "resident", "linked")
SENDERS: Final = {"council": "riverton-council", "health": "riverton-health", "school": "oakfield-schools"}
DISPOSITIONS: Final = {word.replace("-", " "): word for word in get_args(Disposition)}


@dataclass(frozen=True)
class Said:
    """What an agency says: a line of the simulator's tables, and what it is called when a prompt names it."""

    table: str
    reference: str | None
    children: tuple[str, ...]
    again: bool = False
    id_of: int | None = None
    written: str | None = None


@dataclass(frozen=True)
class Done:
    """What a worker does with a prompt; ``fields`` are those of a prompt-action."""

    action: str
    prompt: str
    seen: int | None = None
    takes_back: int | None = None
    fields: Mapping[str, object] = field(default_factory=dict)


class Details:
    """The details of a sentence, each read once."""

    def __init__(self, texts: list[str]) -> None:
        self._left = texts
        if len(set(texts)) != len(texts):
            raise WordsError("a detail is said twice")

    def one_of(self, words: Mapping[str, str] | tuple[str, ...]) -> str | None:
        """The one detail that is among these words, as the contract has it."""
        found = self.all_of(words)
        if len(found) > 1:
            raise WordsError(f"both '{found[0]}' and '{found[1]}' are said")
        return found[0] if found else None

    def all_of(self, words: Mapping[str, str] | tuple[str, ...]) -> list[str]:
        """The details that are among these words."""
        found = [text for text in self._left if text in words]
        self._left = [text for text in self._left if text not in words]
        return [words[text] if isinstance(words, Mapping) else text for text in found]

    def after(self, word: str) -> str | None:
        """What follows this word in the one detail that begins with it."""
        found = [text for text in self._left if text.startswith(word + " ")]
        if len(found) > 1:
            raise WordsError(f"'{word}' is said twice")
        self._left = [text for text in self._left if text not in found]
        return found[0].removeprefix(word + " ") if found else None

    def has(self, word: str) -> bool:
        """Whether this is said."""
        return bool(self.all_of((word,)))

    def first(self) -> str:
        """The first detail that is left."""
        if not self._left:
            raise WordsError("something is missing at the end")
        return self._left.pop(0)

    def finish(self) -> None:
        """Raises WordsError if a detail was not understood."""
        if self._left:
            raise WordsError(f"'{self._left[0]}' is not understood here")


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
        id_of=None if id_of is None else _number(id_of),
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


def _worker(who: str, head: re.Match[str], details: Details, about: str) -> Done:
    if re.fullmatch(r"P\d+", about) is None:
        raise WordsError(f"a worker does something with a prompt, as P1, not '{about}'")
    action, takes_back = _ACTIONS[head[1]], None
    fields: dict[str, object] = {}
    if head[1] == "snoozes":
        until = details.after("until")
        fields = {} if until is None else {"until": read_moment(until)}
    elif head[1] == "closes":
        fields = {"disposition": details.one_of(DISPOSITIONS) or "no-action-needed", "useful": "yes"}
    elif head[1] == "assigns":
        fields = {"to": "somebody"}
    elif head[1] == "notes something":
        fields = {"note": "a note"}
    elif head[1] == "takes back":
        takes_back = _number(details.after("line") or "")
    seen = details.after("having seen revision")
    return Done(action, about, None if seen is None else _number(seen), takes_back, fields)


_ACTIONS: Final = {
    "acknowledges": "acknowledged",
    "assigns": "assigned",
    "snoozes": "snoozed",
    "closes": "disposed",
    "reopens": "reopened",
    "notes something": "noted",
    "contests": "contested",
    "takes back": "withdrawn",
}
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
    "worker": ((rf"({'|'.join(_ACTIONS)})", _worker),),
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


def _number(text: str) -> int:
    if not text.isdecimal():
        raise WordsError(f"'{text}' is no number")
    return int(text)
