"""Episodes move with the story that they describe, when it moves whole.

A child's first events often come before the link that names its family: they open a row under a family of one, and the
link then takes all of that family to another. If nothing else was told there, the row still describes exactly that
family, under another id: it goes along as it was frozen, with the id that it was scored under, and its label is decided
where it is. In all other cases the features describe nobody any more, and every row concerned is void.

What is decided, is decided by what each of the two families knows:

* **Whole** is what one link takes if nothing with a story stays behind. A family of two that follows one another by two
  links is parted in between, and nobody can know then that the second will come.
* **Nothing else was told there**: no strand has a story but under the identifiers that come. What partners told of
  these after the link may have been faster than they were.
* A row whose horizon is over stays, and is void. Each partition tells the learner the end of each day; a row that was
  on its way when its last day ended would come too late to be learned. So every row has the two weeks of grace to
  arrive in. One that takes longer, behind a partition that stood still, is told late, and somebody is told of that.
"""

from __future__ import annotations

from msgspec.structs import replace

from models.calendar.local_time import local_day
from models.family.episodes import HORIZON_DAYS, row_id
from models.family.state import FamilyState, Row, Strand, decode_row, encode_row
from schemas.events import Forwarded, Joined
from schemas.identifiers import Day, FamilyId


def leave_with(before: FamilyState, left: FamilyState) -> tuple[FamilyState, tuple[Row, ...]]:
    """The story that is left, and the rows that go along with what went. ``before`` is the story with it."""
    if not left.rows or not any(
        has_story(strand) for name, strand in before.strands.items() if name not in left.strands
    ):
        return left, ()
    today = local_day(left.clock)
    is_whole = not any(has_story(strand) for strand in left.strands.values())
    going = tuple(row for row in left.rows if is_whole and _may_go(row, today))
    staying = tuple(_voided(row) for row in left.rows if row not in going)
    return replace(left, rows=staying), tuple(_gone_from(left.family, row) for row in going)


def carry(forwards: tuple[Forwarded, ...], rows: tuple[Row, ...]) -> tuple[Forwarded, ...]:
    """What is sent on, with these rows: what went whole went in one event."""
    if not rows:
        return forwards
    ((family, event),) = ((forward.family, forward.event) for forward in forwards)
    assert isinstance(event, Joined)  # noqa: S101  # nothing else takes a story along
    return (Forwarded(family, replace(event, rows=tuple(encode_row(row) for row in rows))),)


def void_all(rows: tuple[bytes, ...]) -> tuple[bytes, ...]:
    """Rows on their way, after the story that they describe was parted."""
    return tuple(encode_row(_voided(decode_row(raw))) for raw in rows)


def arrive_with(before: FamilyState, after: FamilyState, joined: Joined, *, has_come: bool) -> FamilyState:
    """The story with the rows that came along. ``before`` is the story without what came; ``has_come``: a story did."""
    if not (joined.rows or (has_come and after.rows)):
        return after
    family, own = after.family, {placed.identifier for placed, _ in joined.came}
    is_alone = not any(has_story(strand) for name, strand in before.strands.items() if name not in own)
    came = {row_id(family, row): row if is_alone else _voided(row) for row in map(decode_row, joined.rows)}
    held = {row_id(family, row): row for row in after.rows}
    waiting = {name: _voided(row) if has_come and name not in came else row for name, row in held.items()}
    rows = sorted((came | waiting).items(), key=lambda entry: (entry[1].opened_at, entry[0]))
    return replace(after, rows=tuple(row for _, row in rows))


def has_story(strand: Strand) -> bool:
    """Whether anything holds of a strand; what was retracted does not."""
    return bool(strand.weeks or strand.settled) or any(known.saying is not None for known in strand.facts.values())


def _may_go(row: Row, today: Day) -> bool:
    return not row.is_void and today - row.on <= HORIZON_DAYS


def _gone_from(family: FamilyId, row: Row) -> Row:
    return replace(row, was_in=tuple(dict.fromkeys((*row.was_in, family))))


def _voided(row: Row) -> Row:
    return row if row.is_void else replace(row, is_void=True)
