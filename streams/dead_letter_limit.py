"""When setting aside must stop: after a bad release, diverting everything is worse than standing still."""

from __future__ import annotations

from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from models.calendar.local_time import MINUTE
from schemas.identifiers import Moment

DEFAULT_COUNT: Final = 500  # in five minutes; a median hub's partners send some 8,000 events a school day
DEFAULT_MINUTES: Final = 5


class TooManySetAside(RuntimeError):  # noqa: N818 - named for what happened
    """More records were set aside than can be a partner's slip. Operator: the process stopped without a commit; look
    at the reasons (``earlyword dead-letters list``), mend the release or raise the limit, start again.
    """


class DeadLetterLimit(Struct, frozen=True, kw_only=True):
    """At most ``count`` letters in any ``minutes``. It is told the time, and each ``add`` gives the limit after it."""

    count: int = DEFAULT_COUNT
    minutes: int = DEFAULT_MINUTES
    recent: tuple[Moment, ...] = ()

    def add(self, at: Moment) -> DeadLetterLimit:
        """The limit with one more letter, written at ``at``. Raises TooManySetAside when that is one too many."""
        newest = max(at, *self.recent) if self.recent else at
        within = (*(past for past in self.recent if past > newest - self.minutes * MINUTE), at)
        if len(within) > self.count:
            raise TooManySetAside(f"more than {self.count} records were set aside within {self.minutes} minutes")
        return replace(self, recent=within)
