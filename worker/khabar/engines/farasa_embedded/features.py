"""Farasa's linear model of 18 features, regrouped so that most of it is computed once, at conversion.

A cut's score is `affixes(prefix, suffix) + stem(stem) + first_suffix * count(stem with its first suffix)`. Features 1, 2, 4, 5,
9 and 10 make up `affixes`; 3, 6, 7, 8 and 12-18 make up `stem`; the rest is feature 11. A suffix that begins with ت corrects
features 3 and 14, because the lexicon may have the stem with ة (`teh_*` below).

Source: Abdelali et al., "Farasa: A Fast and Furious Segmenter for Arabic", NAACL 2016 demos.
"""

import math
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from khabar.engines.farasa_embedded.letters import MAX_LETTERS
from khabar.engines.farasa_embedded.source import ModelSource
from khabar.engines.farasa_embedded.templates import NO_TEMPLATE, TemplateFitter

# Values that Farasa uses for missing logarithms.
NO_COUNT = -10.0  # word count, template
NO_LEXEME = -20.0  # feature 14
_NO_AFFIX = -10.0  # features 1 and 2
_NO_PAIR = -20.0  # features 4, 5, 9, 10


@dataclass(frozen=True)
class AffixScores:
    """Affixes Farasa has probabilities for, joined its way ("و+ال+", "+ت+ه"; "" first), and each pair's score."""

    prefixes: list[str]
    suffixes: list[str]
    scores: list[list[float]]  # [prefix][suffix]


def score_affixes(source: ModelSource, weights: Sequence[float]) -> AffixScores:
    """Compute features 1, 2, 4, 5, 9 and 10 for every pair of known affixes.

    Other affixes are left out: they cost 9 or more, which no stem makes up for against the word left whole
    (tests/unit/engines/test_farasa_embedded.py checks the bound).
    """
    prefix, suffix = source.pickle("probPrefixes"), source.pickle("probSuffixes")
    prefix_condition, suffix_condition = source.pickle("probCondPrefixes"), source.pickle("probCondSuffixes")
    after, before = source.pickle("probPrefixSuffix"), source.pickle("probSuffixPrefix")
    prefixes = sorted({*prefix, *prefix_condition, *after})
    suffixes = sorted({*suffix, *suffix_condition, *before, *(one for group in after.values() for one in group)})

    def pair(p: str, s: str) -> float:
        return (
            weights[0] * _log(prefix, p, _NO_AFFIX)
            + weights[1] * _log(suffix, s, _NO_AFFIX)
            + weights[3] * _log(after.get(p, {}), s, _NO_PAIR)
            + weights[4] * _log(before.get(s, {}), p, _NO_PAIR)
            + weights[8] * _log(prefix_condition, p, _NO_PAIR)
            + weights[9] * _log(suffix_condition, s, _NO_PAIR)
        )

    return AffixScores(prefixes, suffixes, [[pair(p, s) for s in suffixes] for p in prefixes])


class StemScorer:
    """Computes the stem's part of the score from the lexicons as Python dicts: used at conversion only."""

    def __init__(self, source: ModelSource, weights: Sequence[float], lexicons: Mapping[str, dict[Any, Any]]) -> None:
        """Take logarithms once.

        Args:
            source: where patterns and roots are.
            weights: the 18 weights.
            lexicons: name of each of Farasa's lexicons to its dict; the keys are words.
        """
        self.counts: dict[str, float] = lexicons["wordCount"]
        self.lexemes: Container[str] = lexicons["hmAraLexCom"]
        self.fitter = TemplateFitter(source.pairs("roots.txt"), source.pairs("template-count.txt"))
        general = source.pickle("generalVariables")
        self._count_weight = weights[2]
        self._lexeme_weight = weights[13]
        # (lexicon, value if the stem is in it, if not, whether a final ي may also be ى)
        self._memberships: list[tuple[Container[str], float, float, bool]] = [
            (lexicons[name], weight * inside, weight * outside, maqsura)
            for name, weight, inside, outside, maqsura in (
                ("hmListMorph", weights[6], *_log_odds(general["inMorphList"]), True),
                ("hmListGaz", weights[7], *_log_odds(general["inGazList"]), True),
                ("hmBuck", weights[14], 1.0, -1.0, True),
                ("hmLocations", weights[15], 1.0, -1.0, False),
                ("hmPeople", weights[16], 1.0, -1.0, False),
                ("hmStop", weights[17], 1.0, -1.0, True),
            )
        ]
        fits, fits_not = _log_odds(general["hasTemplate"])
        shares = source.pickle("hmTemplateCount")
        names = {name for name, _ in source.pairs("template-count.txt")} | {NO_TEMPLATE, ""}
        self.template_scores: dict[str, float] = {
            name: weights[5] * (fits_not if name == NO_TEMPLATE else fits) + weights[11] * _log(shares, name, NO_COUNT)
            for name in names
        }
        self._length_scores = [
            weights[12] * math.log(abs(letters - general["averageStemLength"])) for letters in range(MAX_LETTERS + 3)
        ]
        self.unknown_scores = [
            length_score
            + self._count_weight * NO_COUNT
            + self._lexeme_weight * NO_LEXEME
            + sum(outside for _, _, outside, _ in self._memberships)
            for length_score in self._length_scores
        ]

    def score(self, stem: str) -> float:
        """Return features 3, 6, 7, 8, 12-18 of a stem, the corrections for ت apart."""
        maqsura = stem[:-1] + "ى" if stem.endswith("ي") else stem
        score = self._count_weight * self.counts.get(stem, NO_COUNT)
        score += self.template_scores[self.fitter.fit(stem)]
        score += self._length_scores[len(stem)]
        if stem in self.lexemes:
            score += self._lexeme_weight * self.counts.get(stem, NO_COUNT)
        elif maqsura in self.lexemes:
            score += self._lexeme_weight * self.counts.get(maqsura, NO_COUNT)
        else:
            score += self._lexeme_weight * NO_LEXEME
        for lexicon, inside, outside, with_maqsura in self._memberships:
            score += inside if stem in lexicon or (with_maqsura and maqsura in lexicon) else outside
        return score

    def is_lexeme(self, stem: str) -> bool:
        """Say whether feature 14 finds the stem without ة."""
        return stem in self.lexemes or (stem.endswith("ي") and stem[:-1] + "ى" in self.lexemes)


def _log(table: Mapping[str, float], key: str, missing: float) -> float:
    share = table.get(key)
    return missing if share is None else math.log(share)


def _log_odds(share: float) -> tuple[float, float]:
    return math.log(share), math.log(1 - share)
