"""The details of a sentence: what stands after its first comma."""

from __future__ import annotations

from collections.abc import Mapping

from tests.stories.dates import WordsError


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
