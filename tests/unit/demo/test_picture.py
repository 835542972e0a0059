"""The README's picture shows what the product says today."""

from __future__ import annotations

from xml.etree import ElementTree

from schemas.prompts import Prompt
from streams.demo.picture import FILE, choose, draw
from streams.demo.telling import tell_prompt


def test_the_picture_in_the_readme_is_current() -> None:
    prompt = choose()
    drawn = draw(prompt)
    assert FILE.read_text(encoding="utf-8") == drawn, "run `python -m streams.demo.picture`"
    assert_every_line_is_shown(prompt, drawn)


def assert_every_line_is_shown(prompt: Prompt, drawn: str) -> None:
    page = ElementTree.fromstring(drawn)  # noqa: S314  # we drew it a moment ago
    shown = [element.text for element in page.iter() if element.tag.endswith("text")]
    assert shown == [line.strip() for line in tell_prompt(prompt) if line.strip()]
