"""How a conversion is told: each report when it is found, the counts at the end.

How many reports there are is up to the file, so none is kept: a hostile one of some megabytes has millions.
"""

from __future__ import annotations

import json
from collections.abc import Callable

from streams.connectors.reports import SENTENCES, Noted, Refused, Tally


class InWords:
    """A line for each report, then the counts. ``say`` prints a line."""

    def __init__(self, say: Callable[[str], None]) -> None:
        self._say = say

    def report(self, report: Refused | Noted) -> None:
        """Where, why, and how much of the file went with it."""
        kind = f"refused {report.lost.value}" if isinstance(report, Refused) else "noted"
        self._say(f"{kind}: line {report.line}: {report.place}: {SENTENCES[report.reason]}")

    def end(self, tally: Tally) -> None:
        """The counts."""
        self._say(json.dumps(tally.as_json(), indent=2))


class AsJson:
    """One JSON object, a line for each report: ``reports``, then the counts. ``say`` prints a line."""

    def __init__(self, say: Callable[[str], None]) -> None:
        self._say = say
        self._opening = '{"reports": ['

    def report(self, report: Refused | Noted) -> None:
        """``lost`` is null where the report cost no record."""
        lost = report.lost.value if isinstance(report, Refused) else None
        told = {"place": report.place, "line": report.line, "column": report.column, "reason": report.reason.value}
        self._say(self._opening + json.dumps({**told, "refused": lost is not None, "lost": lost}))
        self._opening = ","

    def end(self, tally: Tally) -> None:
        """The counts, and the end of the object."""
        opening = self._opening.removesuffix(",")
        self._say(f"{opening}], {json.dumps(tally.as_json()).removeprefix('{')}")
