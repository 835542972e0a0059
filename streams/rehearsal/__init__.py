"""``earlyword rehearse``: a file of events through the whole product without a broker, and what came of it."""

from streams.rehearsal.difference import Difference, compare
from streams.rehearsal.figures import Figures, measure
from streams.rehearsal.rehearsing import Balance, Rehearsal, rehearse, write_prompts

__all__ = ["Balance", "Difference", "Figures", "Rehearsal", "compare", "measure", "rehearse", "write_prompts"]
