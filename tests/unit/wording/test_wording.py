"""What the product says may be read by the family it is about: plain, factual, and in no word a judgement.

The list of words is short, and each has its reason: a new word goes in with one, and a sentence that needs a listed
word is written anew.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import chain
from typing import Final

import pytest

from models.calendar.local_time import midnight
from models.family.counting import Gathered
from models.family.feature import Feature
from models.family.features import FEATURES
from models.family.model_reasons import find_told, say
from models.family.reading import Reading
from models.family.state import FamilyState
from models.family.view import View
from schemas.identifiers import FamilyId
from tests.unit.wording.reading_ease import count_syllables, reading_ease
from tests.unit.wording.sentences import (
    DAY,
    of_the_facts,
    of_the_features,
    of_the_rules,
    of_the_stories,
    prompts_of_the_stories,
    written,
)

BANNED: Final = {
    # A prompt asks a person to look. It foretells nothing, and measures nobody.
    r"risk\w*": "a forecast about people; say what happened",
    r"scor(e|es|ed|ing)": "a number about a family, which nobody is shown",
    r"rank\w*": "puts families in an order",
    r"(un)?likely|likelihood|probab\w+|chances?": "a forecast",
    r"predict\w*|forecast\w*": "a forecast",
    r"alert\w*|alarm\w*|warn\w*": "tells people to act, and is for operators; a prompt asks",
    r"flag(s|ged|ging)?": "marks a person",
    r"urgent\w*|immediate(ly)?|must": "an order; what to do is for the worker to decide",
    r"recommend\w*|advise[sd]?|should": "a recommendation; the product makes none",
    r"threshold\w*|algorithm\w*|model": "explains the machine, not the reason",
    # It accuses nobody.
    r"suspicio\w*|suspect\w*": "accuses",
    r"offend\w*|offence\w*|perpetrat\w*|abuser\w*|culprit\w*|guilt\w*": "says that somebody did it",
    r"victim\w*": "says what somebody is; say what happened to whom",
    r"alleg\w+|claim(s|ed)": "doubts who told it",
    r"crim(e|es|inal|inals)": "a finding of courts",
    # It judges no one's life.
    r"fail(s|ed|ing)?|failures?": "blames",
    r"neglectful|chaotic|dysfunction\w*|troubled|hard to reach|difficult": "judges a family",
    r"refus\w*|non-complian\w*|disengag\w*|resist\w*|unwilling": "judges how people answered services",
    r"truan\w*|skiv\w*|bunk\w*": "blames a child for not being in school",
    r"runaway\w*|abscond\w*|wayward": "blames a child for being missing",
    r"problem\w*|issue\w*": "judges, or says nothing",
    r"danger\w*|threat\w*|vulnerab\w*|at harm": "a judgement that takes a person",
    r"serious(ly)?|severe(ly)?|alarming|worrying|worrisome|shocking|concerning": "an adjective instead of a fact",
    # It speaks as people do.
    r"red|amber|green|colou?r\w*": "a traffic light, which nobody is shown",
    r"service users?|subjects?|cases?|nominals?": "a person is a child, a parent, a family",
    r"multi-agency|safeguard\w*|escalat\w*|triage\w*|NFA|PPN|DA|CIN|CP|s47|MASH": "a code word of services",
    r"utili[sz]\w*|commenc\w*|regarding|pursuant|thereof|hereby": "officialese",
}
"""Patterns of whole words, in small letters or large, and why each is not said."""

AMERICAN: Final = {
    r"\w{3,}i[sz]e?(?<=ize)d?|\w{3,}iz(ed|es|ing|ation|ations)": "-ise, -isation",
    r"behavior\w*|color\w*|neighbor\w*|labor\w*|favor\w*|honor\w*": "-our",
    r"center\w*|theater\w*|meter": "-re",
    r"program(s)?": "programme",
    r"enrolls?|enrollments?|fulfills?|fulfillments?|counselor\w*|traveler\w*|canceled|labeled": "one l or two",
    r"defense|offense|license (?=to)": "-ce",
    r"gray|mom|moms|gotten|kindergarten|grade school|sidewalk|fall semester": "other words",
}
"""Spellings that are not British, and what is."""


def every_sentence() -> Iterator[tuple[str, str]]:
    """Every text that can be published, with its place."""
    return chain(written(), of_the_rules(), of_the_features(), of_the_facts(), of_the_stories())


def found(patterns: dict[str, str]) -> list[str]:
    """Where one of these patterns is said, and why it should not be."""
    hits = []
    for place, text in every_sentence():
        for pattern, reason in patterns.items():
            hit = re.search(rf"(?<![\w-])({pattern})(?![\w-])", text, re.IGNORECASE)
            if hit is not None:
                hits.append(f"{place}: {hit[0]!r} in {text!r}: {reason}")
    return hits


def test_nothing_is_said_that_a_family_should_not_have_to_read() -> None:
    assert found(BANNED) == []


def test_the_spelling_is_british() -> None:
    assert found(AMERICAN) == []


@pytest.mark.parametrize(
    ("patterns", "bad"),
    [
        (BANNED, "This family is high-risk. Risk: 7."),
        (BANNED, "A suspicious offender."),
        (BANNED, "They failed to engage."),
        (BANNED, "The score is 0.7."),
        (AMERICAN, "The color of behavior."),
        (AMERICAN, "It was organized."),
        (AMERICAN, "We recognize it."),
    ],
)
def test_the_lists_find_what_they_are_for(patterns: dict[str, str], bad: str) -> None:
    assert any(re.search(rf"(?<![\w-])({pattern})(?![\w-])", bad, re.IGNORECASE) for pattern in patterns)


@pytest.mark.parametrize("source", [written, of_the_rules, of_the_features, of_the_facts, of_the_stories])
def test_there_are_sentences_to_look_at(source: Callable[[], Iterator[tuple[str, str]]]) -> None:
    assert len(list(source())) > 20


def test_what_the_source_says_and_what_comes_out_is_the_same_product() -> None:
    said = {text for _, text in of_the_stories()}
    assert "Closed at its due time." in said
    assert any(text.startswith("A referral from") for text in said)
    assert "Closed at its due time." in {text for _, text in written()}


def test_sentences_are_whole_and_nobody_shouts() -> None:
    for place, text in chain(of_the_rules(), of_the_features(), of_the_facts(), of_the_stories()):
        assert re.fullmatch(r"[A-Z0-9].*[.?]", text), place
        assert "!" not in text, place
        assert "  " not in text, place
        assert not re.search(r"\b(?!GP\b)[A-Z]{2,}\b", text), f"{place}: {text}"
        assert not re.search(r"[{}%]|None|nan", text), f"{place}: {text}"


@pytest.mark.parametrize("feature", FEATURES, ids=lambda feature: feature.name)
@pytest.mark.parametrize("count", [0, 1, 2])
def test_a_models_sentence_reads_right_for_none_one_and_several(feature: Feature, count: int) -> None:
    view = View(FamilyState(FamilyId("f"), clock=midnight(DAY)))
    gathered = Gathered(count, DAY, (), (), ("health", "police")[:count])
    text = say(feature, gathered, Reading(view, view.now))
    assert not re.search(rf"(?<!\w){count} [a-z]", text), text
    assert not re.search(r"\(s\)|[{}]", text), text


def test_what_a_model_counted_none_of_is_not_told() -> None:
    view = View(FamilyState(FamilyId("f"), clock=midnight(DAY)))
    assert find_told(view, FEATURES, view.now) is None
    assert [feature.name for feature in FEATURES if feature.reads.gather(Reading(view, view.now)).count] == []


def test_a_date_is_written_as_people_say_it() -> None:
    for place, text in chain(of_the_rules(), of_the_features(), of_the_facts(), of_the_stories()):
        assert not re.search(r"\d{4}-\d{2}|\d+/\d+|[A-Z][a-z]+ \d{1,2},", text), f"{place}: {text}"


# Reading ease. 60 to 70 is plain English. The formula counts syllables, so that one "notification" pulls a short
# sentence far down, and names of services cannot be helped. So all prompts together are held to plain English, or
# nearly; one prompt, or one sentence, to what a person who reads seldom can still follow.

EASE_OF_A_PROMPT = 35.0
EASE_OF_PROMPTS = 58.0
EASE_OF_A_SENTENCE = 20.0
EASE_OF_RULES = 55.0


def test_prompts_read_as_plain_english() -> None:
    eases = {place: reading_ease(" ".join(texts)) for place, texts in prompts_of_the_stories()}
    hard = {place: round(ease) for place, ease in eases.items() if ease < EASE_OF_A_PROMPT}
    assert hard == {}
    assert sum(eases.values()) / len(eases) >= EASE_OF_PROMPTS


def test_rules_are_asked_and_said_plainly() -> None:
    eases = [reading_ease(text) for _, text in of_the_rules()]
    assert sum(eases) / len(eases) >= EASE_OF_RULES


def test_no_sentence_is_hard_to_read() -> None:
    hard = [
        f"{place}: {reading_ease(text):.0f}: {text}"
        for place, text in every_sentence()
        if re.fullmatch(r"[A-Z].*[.?]", text) and len(text.split()) > 2 and reading_ease(text) < EASE_OF_A_SENTENCE
    ]
    assert hard == []


def test_no_sentence_is_long() -> None:
    for place, text in chain(of_the_rules(), of_the_features(), of_the_facts(), of_the_stories()):
        for sentence in re.split(r"(?<=[.?]) ", text):
            assert len(sentence.split()) <= 45, f"{place}: {sentence}"


@pytest.mark.parametrize(
    ("word", "syllables"),
    [
        ("the", 1),
        ("school", 1),
        ("police", 2),
        ("family", 3),
        ("notification", 5),
        ("closed", 1),
        ("decided", 3),
        ("people", 2),
        ("places", 2),
        ("notices", 3),
        ("child's", 1),
        ("2026", 1),
        ("agree", 2),
    ],
)
def test_syllables_are_counted_as_people_do(word: str, syllables: int) -> None:
    assert count_syllables(word) == syllables


def test_reading_ease_is_that_of_flesch() -> None:
    assert reading_ease("The cat sat on the mat.") == pytest.approx(206.835 - 1.015 * 6 - 84.6)
    assert reading_ease("Organisational considerations necessitate deliberation.") < 0
    with pytest.raises(ValueError, match="without words"):
        reading_ease("?")
