"""Rails, heads and the shelf: what serves changes only as it may."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from models.learning.adopting import Adopted, Breach, adopt, find_failing
from models.learning.evidence import Counts, Evidence, Gathering, GroupCounts
from models.learning.learner import learn
from models.learning.reference_set import largest_change, reference_vectors
from models.learning.snapshot import Snapshot, begin
from models.learning.specification import Feature, Specification
from models.transforms import Centred, Count, Flag
from schemas.examples import Matured
from schemas.identifiers import Day
from tests.unit.learning.gating import RAILS
from tests.unit.learning.rows import FIRST_DAY, MADE_BY, SPECIFICATION, a_row, a_scoring, a_study, closing, follow

GROUPS = (GroupCounts(trait="area", group="north", missed=Counts(50, 200), others=Counts(55, 200)),)


def history(days: int = 4) -> list[Snapshot]:
    """A snapshot that knows nothing, and one for each day after it."""
    study, made = a_study(), [begin(SPECIFICATION, MADE_BY)]
    for day in range(days):
        study.take(day * 3, a_row(f"a{day}", day=day, state="positive" if day % 2 else "negative"))
        study.take(day * 3 + 1, a_row(f"b{day}", day=day, features=(0.0, 1.0, 0.0)))
        made += [draft.snapshot for draft in follow(study, day * 3 + 2, closing(day))]
    return made


HISTORY = history()
PARENTS = {one.version: one.body.parent for one in HISTORY}


def evidence(**said: object) -> Evidence:
    told = {
        "calibration": 1.0,
        "prompts": Counts(40, 80),
        "drift_alarm": False,
        "groups": GROUPS,
        "groups_told_on": Day(FIRST_DAY),
        "today": Day(FIRST_DAY + 10),
        **said,
    }
    return Evidence(**told)  # type: ignore[arg-type]


def rail_of(found: Adopted | Breach | None) -> str | None:
    return found.rail if isinstance(found, Breach) else None


def test_the_next_snapshot_is_adopted_while_all_rails_hold() -> None:
    assert adopt(HISTORY[2], HISTORY[3], PARENTS, (RAILS, HISTORY[1], evidence())) == Adopted()


def test_after_days_that_were_not_adopted_the_newest_descendant_may_be() -> None:
    assert adopt(HISTORY[0], HISTORY[4], PARENTS, None) == Adopted()


@pytest.mark.parametrize(
    ("rail", "said"),
    [
        ("calibration", {"calibration": 20.0}),
        ("precision", {"prompts": Counts(10, 80)}),
        ("drift", {"drift_alarm": True}),
        ("groups", {"groups": (GroupCounts(trait="t", group="g", missed=Counts(140, 200), others=Counts(55, 200)),)}),
        ("groups", {"groups_told_on": Day(FIRST_DAY - 83)}),
    ],
)
def test_a_live_model_falls_silent_for_each_reason(rail: str, said: dict[str, object]) -> None:
    assert rail_of(find_failing(RAILS, evidence(**said))) == rail
    assert rail_of(adopt(HISTORY[2], HISTORY[3], PARENTS, (RAILS, HISTORY[1], evidence(**said)))) == rail


@pytest.mark.parametrize(
    "said",
    [
        {"calibration": 19.9},
        {"prompts": Counts(3, 10)},  # below the bar, but not surely
        {"prompts": Counts(0, 0)},
        {"groups": (GroupCounts(trait="t", group="g", missed=Counts(70, 200), others=Counts(55, 200)),)},
        {"groups": (GroupCounts(trait="t", group="g", missed=None, others=None),)},
        {"groups_told_on": Day(FIRST_DAY - 82)},
    ],
)
def test_what_may_be_chance_breaks_no_rail(said: dict[str, object]) -> None:
    assert find_failing(RAILS, evidence(**said)) is None


def test_a_step_that_is_too_large_is_not_adopted() -> None:
    step = largest_change(HISTORY[2], HISTORY[3])
    for bound, rail in ((step * 1.001, None), (step * 0.999, "step")):
        rails = replace(RAILS, step_bound=bound)
        assert rail_of(adopt(HISTORY[2], HISTORY[3], PARENTS, (rails, HISTORY[3], evidence()))) == rail


def test_what_is_too_far_from_what_was_signed_for_is_not_adopted() -> None:
    rails = replace(RAILS, total_bound=largest_change(HISTORY[0], HISTORY[4]) * 0.999)
    assert rail_of(adopt(HISTORY[3], HISTORY[4], PARENTS, (rails, HISTORY[0], evidence()))) == "total"


def test_a_day_with_all_labels_wrong_is_not_adopted() -> None:
    rows = [(SPECIFICATION_VECTOR, False)] * 200 + [((0.0, 0.0, 0.0), False)] * 200
    taught = learn(begin(SPECIFICATION, MADE_BY), rows)
    wrong = learn(taught, [(vector, not label) for vector, label in rows[190:230]])
    assert largest_change(taught, wrong) > RAILS.step_bound


SPECIFICATION_VECTOR = (1.0, 0.0, 1.0)


def test_a_snapshot_of_another_specification_is_not_adopted_even_in_shadow() -> None:
    other = begin(replace(SPECIFICATION, prevalence=0.2), MADE_BY)
    assert rail_of(adopt(HISTORY[0], other, {**PARENTS, other.version: None}, None)) == "integrity"


def test_a_snapshot_that_does_not_descend_from_the_head_is_not_adopted() -> None:
    assert rail_of(adopt(HISTORY[3], HISTORY[2], PARENTS, None)) == "integrity"
    assert rail_of(adopt(HISTORY[1], HISTORY[3], {**PARENTS, HISTORY[2].version: None}, None)) == "integrity"


@pytest.mark.parametrize(
    "broken",
    [
        {"weights": {"contacts": -0.5, "engaged": 0.0, "missing": 0.0}},  # against its sign
        {"intercept": float("nan")},
        {"features_hash": "another"},
        {"weights": {"contacts": 0.5}},
        {"since_closed": 1},
        {"parent": "nobody"},
    ],
)
def test_a_broken_body_is_not_adopted(broken: dict[str, object]) -> None:
    body = replace(HISTORY[3].body, **broken)  # type: ignore[arg-type]
    known = dict(PARENTS)

    class Named(Snapshot, frozen=True, dict=True):
        """A body whose bytes nobody has to write: NaN cannot be."""

        version = HISTORY[3].version

    assert rail_of(adopt(HISTORY[2], Named(body), known, None)) == "integrity"


def test_the_reference_set_is_nothing_each_half_and_full_and_each_pair() -> None:
    made = Specification(
        name="made-up",
        features=(
            Feature(name="a", transform=Count(cap=3)),
            Feature(name="b", transform=Flag()),
            Feature(name="c", transform=Centred(centre=0.0, scale=1.0)),
        ),
        prevalence=0.1,
    )
    assert reference_vectors(made) == (
        (0.0, 0.0, 0.0),
        (0.5, 0.0, 0.0), (0.0, 0.0, 2.0),
        (1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 4.0),
        (1.0, 1.0, 0.0), (1.0, 0.0, 4.0), (0.0, 1.0, 4.0),
    )  # fmt: skip


def test_no_change_of_a_weight_hides_from_the_reference_set() -> None:
    body = HISTORY[4].body
    for name, by in (("contacts", 0.2), ("engaged", -0.2), ("missing", 0.2)):
        weights = {**body.weights, name: body.weights[name] + by}
        assert largest_change(HISTORY[4], Snapshot(replace(body, weights=weights))) > 0.01
    assert largest_change(HISTORY[4], HISTORY[4]) == 0


# What the evidence is gathered from.


def gather(rows: list[tuple[Matured, float | None]]) -> Gathering:
    study = a_study()
    log = [a_scoring(row, score) for row, score in rows if score is not None]
    for offset, event in enumerate([*log, *(row for row, _ in rows), closing(5)]):
        follow(study, offset, event, "live")
    return study.gathering


LONG_AGO = Day(0)


def test_calibration_is_of_rows_without_prompt_by_the_scores_they_were_given() -> None:
    wrong = [(a_row(f"r{n:03}", state="positive", minute=n), 0.05) for n in range(60)]
    assert gather(wrong).calibration(LONG_AGO) > 20
    prompted = [(a_row(f"r{n:03}", state="positive", minute=n, prompted="rule"), 0.05) for n in range(60)]
    assert gather(prompted).calibration(LONG_AGO) == 1
    assert gather([(row, None) for row, _ in wrong]).calibration(LONG_AGO) == 1
    fair = [(a_row(f"r{n:03}", state="positive" if n % 20 == 0 else "negative", minute=n), 0.05) for n in range(60)]
    assert gather(fair).calibration(LONG_AGO) < 20


def test_precision_is_of_the_models_own_prompts() -> None:
    rows = [
        (a_row("a", prompted="model", state="positive"), 0.5),
        (a_row("b", prompted="model"), 0.5),
        (a_row("c", prompted="rule", state="positive"), 0.5),
        (a_row("d", prompted="model", state="censored"), 0.5),
    ]
    assert gather(rows).prompts(LONG_AGO) == Counts(1, 2)


def test_what_was_known_when_it_was_signed_for_is_not_counted_again() -> None:
    rows = [(a_row(f"r{day}", day=day, prompted="model"), 0.5) for day in range(4)]
    gathered = gather(rows)
    scored_on = Day(FIRST_DAY - 104)
    assert [gathered.prompts(Day(scored_on + day)).of for day in range(5)] == [3, 2, 1, 0, 0]
    assert gathered.prompts(LONG_AGO).of == 4
