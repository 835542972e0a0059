"""One table of ``hub.toml``, read word by word; what is wrong is said in one sentence with its place and a remedy."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, time
from typing import Any, Final, TypeVar

_Word = TypeVar("_Word", bound=str)
_NAME: Final = re.compile(r"[a-z0-9-]{1,64}")
_HOURS: Final = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])-([01][0-9]|2[0-3]):([0-5][0-9])")
_WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_MISSING: Final = object()


class HubError(ValueError):
    """``hub.toml`` does not hold together. Operator: mend the place that the message names; exit code 2."""


class Table:
    """A table at its place in the file. Each word is taken once; ``finish`` refuses whatever was not asked for."""

    def __init__(self, place: str, words: Mapping[str, Any]) -> None:
        self.place = place
        self._words = dict(words)

    def table(self, word: str) -> Table:
        """A table that must be there once, as ``[hub]``."""
        value = self._words.pop(word, None)
        if not isinstance(value, dict):
            raise HubError(f"{self.place}: there is no table [{word}]; add it once")
        return Table(f"[{word}]", value)

    def tables(self, word: str) -> tuple[Table, ...]:
        """Tables that may be there any number of times, as ``[[team]]``; the first is ``team 1``."""
        value = self._words.pop(word, [])
        if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
            raise HubError(f"{self.place}: {word} is not a list of tables; write [[{word}]] before each")
        return tuple(Table(f"{word} {index}", item) for index, item in enumerate(value, 1))

    def text(self, word: str) -> str:
        """A text that says something."""
        value = self._take(word)
        if not isinstance(value, str) or not value.strip():
            raise self._wrong(word, 'write a text in quotes, as "..."')
        return value

    def texts(self, word: str) -> tuple[str, ...]:
        """At least one text."""
        value = self._take(word)
        if not isinstance(value, list) or not value or not all(isinstance(item, str) and item for item in value):
            raise self._wrong(word, 'write a list of texts, as ["..."]')
        return tuple(value)

    def name(self, word: str, default: str | None = None) -> str:
        """An id: small letters, digits and hyphens, 1 to 64 of them."""
        if default is not None and word not in self._words:
            return default
        value = self._take(word)
        if not isinstance(value, str) or _NAME.fullmatch(value) is None:
            raise self._wrong(word, "use 1 to 64 small letters, digits and hyphens")
        return value

    def one_of(self, word: str, choices: tuple[_Word, ...], default: _Word | None = None) -> _Word:
        """One word of a closed list."""
        value = self._take(word, default)
        for choice in choices:
            if value == choice:
                return choice
        raise self._wrong(word, f"use one of {', '.join(choices)}")

    def count(self, word: str) -> int | None:
        """A whole number from 1; None where it is left out."""
        value = self._words.pop(word, None)
        if value is not None and (type(value) is not int or value < 1):
            raise self._wrong(word, "use a whole number from 1, or leave the line out")
        return value

    def date(self, word: str) -> date:
        """A calendar date, without time and without quotes."""
        value = self._take(word)
        if type(value) is not date:
            raise self._wrong(word, "write a date without quotes, as 2026-09-02")
        return value

    def hours(self, word: str) -> tuple[tuple[time, time] | None, ...]:
        """Opening and closing time by weekday, Monday first; None for a day that is not named."""
        days = self._words.pop(word, {})
        if not isinstance(days, dict):
            raise self._wrong(word, 'write them by day, as { mon = "08:30-17:30" }')
        for day in days:
            if day not in _WEEKDAYS:
                raise self._wrong(word, f"name the days {', '.join(_WEEKDAYS)}")
        return tuple(self._opening(word, days.get(day)) for day in _WEEKDAYS)

    def finish(self) -> None:
        """Refuses what nobody asked for: an unknown word is most likely a mistyped one."""
        for word in sorted(self._words):
            raise HubError(f"{self.place}: the word {word!r} is not known; remove it or mend the spelling")

    def _opening(self, word: str, text: object) -> tuple[time, time] | None:
        if text is None:
            return None
        found = _HOURS.fullmatch(text) if isinstance(text, str) else None
        if found is None:
            raise self._wrong(word, 'write a time of day twice, as "08:30-17:30"')
        opens, closes = time(int(found[1]), int(found[2])), time(int(found[3]), int(found[4]))
        if closes <= opens:
            raise self._wrong(word, "close after opening, on the same day")
        return opens, closes

    def _take(self, word: str, default: object = None) -> Any:
        value = self._words.pop(word, _MISSING)
        if value is not _MISSING:
            return value
        if default is None:
            raise HubError(f"{self.place}: {word} is missing; add it")
        return default

    def _wrong(self, word: str, remedy: str) -> HubError:
        return HubError(f"{self.place}: {word} is not as it should be; {remedy}")
