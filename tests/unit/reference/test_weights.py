"""Sums of weights: exact in any order, and the same for features that come together as for each alone."""

from itertools import permutations

from khabar.reference.weights import JoinedWeights, Names, Weights, flat
from khabar.statements.between import NAME, between, step

WEIGHTS = {"a": 0.1, "b": 0.2, "c": -0.3}


def test_no_order_of_adding_makes_another_sum() -> None:
    """In floating point 0.1 + 0.2 - 0.3 is not 0, and which of two equal places is meant hung on the order."""
    weights = JoinedWeights(WEIGHTS)
    assert {weights.score(order) for order in permutations("abc")} == {0}
    assert weights.best([["a", "b", "c"], ["c", "b", "a"], []]) == 0


def test_features_that_come_together_count_as_each_alone() -> None:
    """Those without a weight count nothing in either way, and so it stays when they are asked for again."""
    weights = JoinedWeights(WEIGHTS)
    both = Names(("a", "b", "unknown"))
    for _ in range(2):
        assert weights.score([both, "c", "unknown"]) == weights.score(flat([both, "c", "unknown"])) == 0
        assert weights.score([both]) == 0.3


def test_floats_are_added_in_the_order_of_the_features() -> None:
    """Speakers were learned with floats: which of two equal candidates is meant hangs on the last bit of a sum."""
    weights = Weights(WEIGHTS | {"nothing": 0.0})
    both = Names(("a", "nothing", "unknown", "b"))
    for _ in range(2):
        assert weights.score([both, "c", "unknown"]) == weights.score_each(flat([both, "c"])) == 0.1 + 0.2 - 0.3 != 0
        assert weights.score(["c", both]) == -0.3 + 0.1 + 0.2
    assert {weights.score([Names(("a", str(number)))]) for number in range(25_000)} == {0.1}
    assert weights.score(["b"]) == 0.2


def test_many_features_that_come_together_are_not_all_kept() -> None:
    """A stream of features that never come again takes no memory for good, and the weights stay."""
    weights = JoinedWeights(WEIGHTS)
    assert {weights.score([Names(("a", str(number)))]) for number in range(25_000)} == {0.1}
    assert weights.score(["b"]) == 0.2


def test_counts_between_a_cue_and_a_place_do_not_run_into_one_another() -> None:
    """Each has its own place in the number: 120 items of one kind, as many as one looks over, leave the others alone."""
    for kind in ("that", "comma", "verb", "participle", "quoted", "prep", "the"):
        assert between(120 * step(kind, "") + NAME) == between(119 * step(kind, "") + NAME), kind
    assert between(120 * step("comma", "") + step("verb", "")).clauses == "02100"
    assert between(step("any", "ب")) == between(step("the", "ل"))
    assert between(0).phrases == "m0w0p0"
    assert between(2 * NAME).has_name
