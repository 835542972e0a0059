"""How easily English reads: Flesch's reading ease, small enough to be checked by hand.

206.835 - 1.015 x words a sentence - 84.6 x syllables a word (Flesch 1948). 60 to 70 is plain English, 50 to 60 fairly
hard, below 30 for graduates. Syllables are counted as groups of vowels, without a silent e; a number counts as one,
because everybody reads it at a glance. Our own: the libraries for it bring dictionaries of megabytes, and a bound in a
test needs no more than this.
"""

from __future__ import annotations

import re

_WORD = re.compile(r"[A-Za-z']+|\d+")
_VOWELS = re.compile(r"[aeiouy]+")
_SENTENCE = re.compile(r"[.?!:]+(?:\s|$)")


def reading_ease(text: str) -> float:
    """The reading ease of this text; higher is easier. Raises ValueError for a text without words."""
    words = _WORD.findall(text)
    if not words:
        raise ValueError("a text without words cannot be read")
    sentences = max(1, len(_SENTENCE.findall(text)))
    return 206.835 - 1.015 * len(words) / sentences - 84.6 * sum(map(count_syllables, words)) / len(words)


def count_syllables(word: str) -> int:
    """How many syllables this word has, at least one."""
    word = word.lower().removesuffix("'s")
    if word.isdigit():
        return 1
    groups = len(_VOWELS.findall(word))
    if word.endswith(("le", "les")) and len(word) > 3 and word.rstrip("s")[-3] not in "aeiouy":
        return max(1, groups)
    if word.endswith("e") and not word.endswith(("ee", "ie", "ye")):
        groups -= 1
    if re.search(r"[^tde]ed$", word):
        groups -= 1
    if re.search(r"[^scghxzie]es$", word):
        groups -= 1
    return max(1, groups)
