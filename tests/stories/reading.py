"""Stories are read from Markdown, strictly: what is not understood is an error with its file and line.

A file is one rule or one law: a title, what it is about, and stories. A story is

* a sentence (``##``), and remarks (``>``) if it needs them,
* ``The team may open 2 prompts a day.``, if its desk has a budget,
* a table of what was received, row by row in that order (``words.py`` has every word),
* ``Until 12 Dec 2025 24:00: nothing.``, or without *nothing* and with a table of every revision of every prompt up to
  then: a row for each reason, and a row without time for each further reason of the same revision,
* further lines that begin with ``-``: what a prompt says, asks or notes in the end, and lines that were not taken.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Final

from models.calendar.local_time import day_of
from schemas.identifiers import Moment
from tests.stories.dates import WordsError, read_days, read_moment, write_day, write_moment
from tests.stories.pages import Lines, read_table
from tests.stories.vocabulary import SESSIONS
from tests.stories.words import Said, read_saying
from tests.stories.workers import Done

FOLDER: Final = Path(__file__).parent
TOLD: Final = ("received", "who", "says", "about")
COMES: Final = ("when", "prompt", "is", "because", "naming")
STATUSES: Final = ("open", "waiting", "snoozed", "closed")
SENTENCES: Final = ("says", "asks", "notes", "does not know", "speaks against", "is due", "goes to")
FATES: Final = r"is a duplicate|is too old to be kept|is set aside: [A-Z_]+|is handed back: [a-z-]+"
_BUDGET: Final = re.compile(r"The team may open (\d+) prompts? a day\.")
_UNTIL: Final = re.compile(r"Until (.+?):( nothing\.)?")
_SENTENCE: Final = re.compile(rf"- (P\d+) ({'|'.join(SENTENCES)}): (.+)")
_FATE: Final = re.compile(rf"- Line (\d+) ({FATES})\.")
_PROMPT: Final = re.compile(r"P\d+, (review|step-down) of (F\d+|[A-Z] alone)")


@dataclass(frozen=True)
class Row:
    """A row of what was received; ``number`` counts from 1."""

    number: int
    at: Moment
    said: Said | Done


@dataclass(frozen=True)
class Revision:
    """A prompt as it was published: when, which, its status, and its reasons with every fact they name."""

    when: str
    prompt: str
    status: str
    reasons: tuple[tuple[str, tuple[str, ...]], ...]

    def __str__(self) -> str:
        reasons = [f"{rule} | {', '.join(facts)}" for rule, facts in self.reasons] or [" | "]
        first = f"| {self.when} | {self.prompt} | {self.status} | {reasons[0]} |"
        return "\n".join([first, *(f"| | | | {reason} |" for reason in reasons[1:])])


@dataclass(frozen=True)
class Story:
    """A story as its file tells it, and what is to come of it."""

    place: str
    title: str
    budget: int | None
    rows: tuple[Row, ...]
    until: Moment
    comes: tuple[Revision, ...]
    sentences: dict[tuple[str, str], tuple[str, ...]] = field(default_factory=dict)
    fates: dict[int, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Chapter:
    """A file of stories. ``name`` is its folder and name, without the ending."""

    name: str
    title: str
    about: tuple[str, ...]
    stories: tuple[Story, ...]
    text: str


def read_chapters(folder: Path = FOLDER) -> tuple[Chapter, ...]:
    """Every file of stories, the rules first. Raises StoryError."""
    files = [path for part in ("rules", "laws") for path in sorted((folder / part).glob("*.md"))]
    return tuple(read_chapter(path.read_text(encoding="utf-8"), f"{path.parent.name}/{path.stem}") for path in files)


def read_chapter(text: str, name: str) -> Chapter:
    """One file. Raises StoryError."""
    lines = Lines(name, text)
    title = lines.take()
    if not title.startswith("# "):
        raise lines.error("a file begins with '# ' and what it is about")
    about = []
    while lines.left and not lines.next.startswith("## "):
        if lines.next[0] in "|-#>":
            raise lines.error("a story begins with '## ' and a sentence")
        about.append(lines.take())
    stories: list[Story] = []
    while lines.left:
        story = _read_story(lines)
        if story.title in {told.title for told in stories}:
            raise lines.error(f"two stories are called '{story.title}'")
        stories.append(story)
    if not about or not stories:
        raise lines.error("a file says what it is about, and tells a story")
    return Chapter(name, title[2:], tuple(about), tuple(stories), text)


def _read_story(lines: Lines) -> Story:
    title = lines.take().removeprefix("## ")
    place = lines.place
    if not title.endswith("."):
        raise lines.error("a story's title is a sentence and ends with a full stop")
    while lines.next.startswith("> "):
        lines.take()
    budget = None
    if (found := _BUDGET.fullmatch(lines.next)) is not None:
        lines.take()
        budget = int(found[1])
    rows = _read_rows(lines)
    found = _UNTIL.fullmatch(lines.take())
    if found is None:
        raise lines.error("after the table comes 'Until 12 Dec 2025 24:00:' or 'Until 12 Dec 2025 24:00: nothing.'")
    try:
        until = read_moment(found[1])
    except WordsError as wrong:
        raise lines.error(str(wrong)) from None
    if rows and until < rows[-1].at:
        raise lines.error("the end comes before the last row")
    comes = () if found[2] else tuple(_read_revisions(lines))
    return _read_rest(lines, Story(place, title, budget, rows, until, comes))


def _read_rows(lines: Lines) -> tuple[Row, ...]:
    rows: list[Row] = []
    for received, who, says, about in read_table(lines, TOLD):
        try:
            row = Row(len(rows) + 1, read_moment(received), read_saying(who, says, about))
        except WordsError as wrong:
            raise lines.error(str(wrong)) from None
        if isinstance(row.said, Said) and row.said.written and read_moment(row.said.written) > row.at:
            raise lines.error("this was written after it was received")
        if rows and row.at < rows[-1].at:
            raise lines.error("this row was received before the one above it; rows stand in order of receipt")
        rows.append(row)
    return tuple(rows)


def _read_revisions(lines: Lines) -> Iterator[Revision]:
    open_row: Revision | None = None
    for when, prompt, status, because, naming in read_table(lines, COMES):
        reasons = ((because, _read_facts(lines, naming)),) if because else ()
        if not when:
            if open_row is None or prompt or status or not reasons or not open_row.reasons:
                raise lines.error("a row without time is a further reason of the row above")
            open_row = Revision(open_row.when, open_row.prompt, open_row.status, open_row.reasons + reasons)
            continue
        if open_row is not None:
            yield open_row
        if _PROMPT.fullmatch(prompt) is None:
            raise lines.error(f"'{prompt}' is no prompt; write it as 'P1, review of F1' or 'P1, step-down of A alone'")
        if status.removesuffix(", basis changed") not in STATUSES:
            raise lines.error(f"'{status}' is none of {', '.join(STATUSES)}")
        try:
            open_row = Revision(write_moment(read_moment(when)), prompt, status, reasons)
        except WordsError as wrong:
            raise lines.error(str(wrong)) from None
    if open_row is None:
        raise lines.error("the table is empty; where nothing comes say 'nothing.'")
    yield open_row


def _read_facts(lines: Lines, naming: str) -> tuple[str, ...]:
    """``N1, N2 (A), A missed 8 Sep 2025 to 9 Sep 2025 all day``: every fact by its name, sorted."""
    facts: list[str] = []
    for text in naming.split(", "):
        if re.fullmatch(r"[NRX]\d+(?: \([A-Z]\))?", text):
            facts.append(text)
            continue
        found = re.fullmatch(rf"([A-Z]) missed (.+) ({'|'.join(SESSIONS)})", text)
        if found is None:
            raise lines.error(f"'{text}' names no fact; write N1, or A missed 8 Sep 2025 to 9 Sep 2025 all day")
        try:
            first, last = read_days(found[2])
        except WordsError as wrong:
            raise lines.error(str(wrong)) from None
        facts += [
            name_session(found[1], day, session) for day in school_week(first, last) for session in SESSIONS[found[3]]
        ]
    if len(set(facts)) != len(facts):
        raise lines.error("a fact is named twice")
    return tuple(sorted(facts))


def name_session(child: str, day: date, session: str) -> str:
    """A missed session by its name."""
    return f"{child} missed {write_day(day)} {session}"


def school_week(first: date, last: date) -> list[date]:
    """The Mondays to Fridays from one day to the other; a single day whichever it is."""
    days = [date.fromordinal(day) for day in range(day_of(first), day_of(last + timedelta(days=1)))]
    return days if len(days) == 1 else [day for day in days if day.weekday() < 5]


def _read_rest(lines: Lines, story: Story) -> Story:
    prompts = {revision.prompt.partition(",")[0] for revision in story.comes}
    while lines.left and not lines.next.startswith("## "):
        line = lines.take()
        if (found := _SENTENCE.fullmatch(line)) is not None:
            if found[1] not in prompts:
                raise lines.error(f"there is no prompt {found[1]}")
            key = found[1], found[2]
            told = _read_due(lines, found[3]) if found[2] == "is due" else found[3]
            story.sentences[key] = (*story.sentences.get(key, ()), told)
        elif (found := _FATE.fullmatch(line)) is not None and 1 <= int(found[1]) <= len(story.rows):
            story.fates[int(found[1])] = found[2]
        else:
            raise lines.error("this is not understood; a story ends with lines as '- P1 says: ...'")
    return story


def _read_due(lines: Lines, text: str) -> str:
    try:
        return write_moment(read_moment(text))
    except WordsError as wrong:
        raise lines.error(str(wrong)) from None
