"""How a demo ends when it cannot come to its end."""

from __future__ import annotations

from typing import Final

FAILED: Final = 1
WRONG_SETTING: Final = 2
INTERRUPTED: Final = 130


class DemoEnded(Exception):  # noqa: N818 - named for what happened
    """The demo could not come to its end. Operator: the sentence says why, and where the logs are."""

    def __init__(self, sentence: str, code: int) -> None:
        """Say why, and with which exit code."""
        super().__init__(sentence)
        self.code = code
