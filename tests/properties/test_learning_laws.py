"""Laws of learning that hold for any stream."""

from __future__ import annotations

import math

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from models.learning.examples import Example, put_in_order
from models.learning.learner import Learner, learn
from models.learning.scorer import Scorer
from models.learning.snapshot import Snapshot, begin, read_snapshot
from models.learning.specification import FTRL
from models.learning.timeline import Asked, Matured, unfold
from models.transforms import FARTHEST, Centred, Count, Flag, Range, Recency, declare, prepare, tabulate
from tests.unit.learning.making import MADE_BY, WIDTH, a_specification, throw_vectors

times = st.integers(0, 30)


@st.composite
def examples_of(draw: st.DrawFn) -> tuple[Example, ...]:
    rows = draw(st.lists(st.tuples(times, st.none() | st.integers(0, 15), st.booleans()), max_size=25))
    return tuple(
        Example(
            id=str(number),
            t_event=at,
            t_label=None if delay is None else at + delay,
            label=None if delay is None else label,
            features=(0.0,),
        )
        for number, (at, delay, label) in enumerate(rows)
    )


@given(examples_of(), st.none() | st.integers(0, 20))
def test_no_label_is_learned_before_it_was_final_nor_before_it_was_asked(
    examples: tuple[Example, ...], horizon: int | None
) -> None:
    ordered, _ = put_in_order(examples)
    now, asked, learned = -1, [], []
    for step in unfold(ordered, horizon):
        match step:
            case Asked(example):
                assert (example.t_event, example.id) not in asked
                asked.append((example.t_event, example.id))
                now = example.t_event
            case Matured(example):
                following = ordered[len(asked)].t_event
                assert example.t_label is not None
                assert example.t_label <= following
                assert horizon is None or example.t_event + horizon <= following
                assert example.id in {name for _, name in asked}
                assert example.id not in learned
                learned.append(example.id)
    assert asked == sorted(asked)
    assert len(asked) == len(ordered)
    scored_before_last = {one.id for one in ordered if ordered and one.t_event < now}
    due = {
        one.id for one in ordered if one.t_label is not None and max(one.t_label, one.t_event + (horizon or 0)) <= now
    }
    assert due & scored_before_last <= set(learned)


@given(examples_of(), st.data())
def test_order_of_arrival_and_repeats_change_nothing(examples: tuple[Example, ...], data: st.DataObject) -> None:
    told = [*examples, *(data.draw(st.lists(st.sampled_from(examples), max_size=5)) if examples else [])]
    shuffled = data.draw(st.permutations(told))
    ordered, repeats = put_in_order(shuffled)
    assert ordered == put_in_order(examples)[0]
    assert repeats == len(told) - len(examples)


@given(st.integers(0, 1000), st.integers(0, 60), st.lists(st.integers(0, 60), max_size=4))
def test_stopping_and_going_on_anywhere_gives_the_same_hash(seed: int, rows: int, cuts: list[int]) -> None:
    rows_thrown = throw_vectors(seed, rows)
    whole = learn(begin(a_specification(), MADE_BY), rows_thrown)
    snapshot, before = begin(a_specification(), MADE_BY), 0
    for cut in [*sorted(min(cut, rows) for cut in cuts), rows]:
        snapshot = learn(_through_bytes(snapshot), rows_thrown[before:cut])
        before = cut
    assert snapshot.bytes == whole.bytes


@given(st.integers(0, 1000), st.lists(st.integers(0, 12), min_size=1, max_size=5), st.integers(0, 60))
def test_killed_amid_any_day_the_closed_days_have_the_same_hashes(seed: int, sizes: list[int], killed: int) -> None:
    rows = iter(throw_vectors(seed, sum(sizes)))
    days = [[next(rows) for _ in range(size)] for size in sizes]

    def versions(kill_at: int | None) -> list[str]:
        learner, seen, told = Learner(begin(a_specification(), MADE_BY)), 0, []
        for day, examples in enumerate(days):
            for vector, label in examples:
                if seen == kill_at:
                    learner = Learner(_through_bytes(learner.freeze()))
                learner.learn_one(vector, label)
                seen += 1
            told.append(learner.close_day(day).version)
        return told

    assert versions(killed) == versions(None)


def _through_bytes(snapshot: Snapshot) -> Snapshot:
    return read_snapshot(snapshot.bytes, snapshot.version)


@given(
    st.integers(0, 1000),
    st.integers(1, 60),
    st.lists(st.sampled_from((-1, 0, 1)), min_size=WIDTH, max_size=WIDTH),
    st.floats(0, 20),
)
def test_whatever_was_learned_no_weight_that_scores_has_a_sign_that_is_not_allowed(
    seed: int, rows: int, signs: list[int], averaging: float
) -> None:
    specification = replace(a_specification(signs=signs), ftrl=FTRL(averaging=averaging))
    learner = Learner(begin(specification, MADE_BY))
    for vector, label in throw_vectors(seed, rows):
        learner.learn_one(vector, label)
        weights = learner.freeze().body.weights
        assert all(weights[f"f{place}"] * sign >= 0 for place, sign in enumerate(signs))


@given(st.integers(0, 1000), st.permutations(range(WIDTH)))
def test_shuffled_features_give_equal_bits(seed: int, order: list[int]) -> None:
    scorer = Scorer(learn(begin(a_specification(), MADE_BY), throw_vectors(seed, 20)))
    (vector, _), *_ = throw_vectors(seed + 1, 1)
    parts = [one.value for one in scorer.contributions(vector)]
    base = scorer.logit((0.0,) * WIDTH)
    shuffled = [parts[place] for place in order if place < len(parts)]
    assert math.fsum((*shuffled, base)) == scorer.logit(vector)


finite = st.floats(-1e9, 1e9)


@given(st.lists(finite, min_size=1, max_size=50), finite, finite)
def test_every_transform_is_bounded_and_monotone(values: list[float], one: float, other: float) -> None:
    low, high = min(one, other), max(one, other)
    for transform in (
        declare(values),
        Flag(),
        Count(cap=7),
        Range(low=-3.0, high=8.0),
        Centred(centre=-2.0, scale=9.0),
    ):
        give = prepare(transform)
        assert abs(give(low)) <= (FARTHEST if isinstance(transform, Centred) else 1)
        assert isinstance(transform, Flag) or give(low) <= give(high)
    never = prepare(Recency())
    assert never(-1.0) == 0
    assert 0 <= never(abs(high)) <= never(abs(low) if abs(low) < abs(high) else 0.0) <= 1


@given(st.integers(1, 6000), st.floats(0.5, 1000), st.integers(-5, 7000))
def test_a_table_says_what_its_transform_says(cap: int, scale: float, asked: int) -> None:
    for transform in (Flag(), Count(cap=cap), Recency(scale=scale), Centred(centre=0.0, scale=1.0)):
        give = prepare(transform)
        assert tabulate(transform).get(float(asked), give(float(asked))) == give(float(asked))
