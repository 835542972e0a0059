"""The picture in the README: one prompt of a small town, drawn from a rehearsal, so that it is the same every time.

``python -m streams.demo.picture`` draws it anew; a test holds the file to what it draws. Black on white, one size: no
colour and no emphasis may look like a grade.
"""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from pathlib import Path
from typing import Final

from schemas.prompts import Prompt
from streams.demo.prompts import Prompts
from streams.demo.telling import tell_prompt
from streams.hub import parse_hub
from streams.intake.pseudonyms import PUBLISHED_KEY
from streams.process import read_pack
from streams.rehearsal import rehearse, write_prompts
from streams.simulator.arrivals import to_line
from streams.simulator.town import Town, arrivals

FILE: Final = Path(__file__).parent / "prompt.svg"
TOWN: Final = Town(seed=4, families=60, days=120)

WIDTH, MARGIN, LEADING, SIZE, INDENT = 780, 24, 21, 14, 5
"""In pixels; the last is the width of one space at the beginning of a line."""


def choose() -> Prompt:
    """The prompt of the town in which most is brought together."""
    lines = (to_line(arrival) for arrival in arrivals(TOWN) if arrival.fate_in_file is not None)
    rehearsed = rehearse(lines, parse_hub(TOWN.hub()), read_pack(), PUBLISHED_KEY)
    prompts = Prompts()
    for line in write_prompts(rehearsed.sequence.revisions):
        prompts.take(line)
    chosen = prompts.choose()
    if chosen is None:
        raise ValueError("nothing was raised in this town; draw another")
    return chosen


def draw(prompt: Prompt) -> str:
    """A prompt as SVG, in the words of the demo's last screen. Deterministic."""
    lines = tell_prompt(prompt)
    height = 2 * MARGIN + LEADING * len(lines)
    size = f'width="{WIDTH}" height="{height}"'
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" {size} viewBox="0 0 {WIDTH} {height}">',
            f'<rect x="1" y="1" width="{WIDTH - 2}" height="{height - 2}" rx="6" fill="#fff" stroke="#444"/>',
            f'<g font-family="Helvetica, Arial, \'DejaVu Sans\', sans-serif" font-size="{SIZE}" fill="#222">',
            *_texts(lines),
            "</g>",
            "</svg>\n",
        ]
    )


def _texts(lines: tuple[str, ...]) -> Iterator[str]:
    for number, line in enumerate(lines):
        words = line.lstrip(" ")
        if words:
            x = MARGIN + INDENT * (len(line) - len(words))
            yield f'<text x="{x}" y="{MARGIN + LEADING * number + SIZE}">{escape(words, quote=False)}</text>'


if __name__ == "__main__":
    FILE.write_text(draw(choose()), encoding="utf-8")
