"""The stories as models/README.md shows them: of each rule and law the first in full, the others by their sentences.

``python -m tests.stories.rendering`` writes them there; a test holds the page to the stories.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from tests.stories.reading import FOLDER, Chapter, read_chapters

README: Final = FOLDER.parents[1] / "models" / "README.md"
BEGIN: Final = "<!-- stories: written by `python -m tests.stories.rendering` -->"
END: Final = "<!-- end of the stories -->"


def render(chapters: Iterable[Chapter]) -> str:
    """All chapters, one after the other."""
    return "\n".join(line for chapter in chapters for line in _chapter(chapter))


def put_into(page: str, stories: str) -> str:
    """The page with these stories between its two marks. Raises ValueError where it has no marks."""
    before, begin, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError("the page has no place for stories")
    return f"{before}{BEGIN}\n{stories}\n{END}{after}"


def _chapter(chapter: Chapter) -> Iterator[str]:
    first, *others = chapter.stories
    folder, _, name = chapter.name.partition("/")
    named = f" (`{name}`)" if folder == "rules" else ""
    yield f"\n### {chapter.title}{named}\n"
    yield "\n".join(chapter.about)
    yield f"\n*{first.title}*\n"
    yield from _body(chapter.text, first.title)
    if others:
        yield f"\n[Also told](../tests/stories/{chapter.name}.md):\n"
        yield from (f"* {story.title}" for story in others)


def _body(text: str, title: str) -> list[str]:
    """The lines of a story below its sentence, as its file has them."""
    _, _, rest = text.partition(f"## {title}\n")
    body, _, _ = rest.partition("\n## ")
    return body.strip().splitlines()


def write(page: Path = README) -> None:
    """Write the stories into the page."""
    page.write_text(put_into(page.read_text(encoding="utf-8"), render(read_chapters())), encoding="utf-8")


if __name__ == "__main__":
    write()
