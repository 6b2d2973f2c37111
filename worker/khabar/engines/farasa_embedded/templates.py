"""Fits a stem to Farasa's morphological patterns (فعل, مفعول, استفعال, ...) through its list of roots."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from operator import itemgetter

from khabar.engines.farasa_embedded.letters import ARABIC, MORPH, ROOT_LETTERS

NO_TEMPLATE = "Y"
_TWO_LETTERS = "fE"
_SLOTS = "fElC"  # places of root letters; everything else in a pattern stands for itself
_WEAK = "اوي"

Root = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Pattern:
    """One pattern: its name, the letters that must match, the places of the root, its share of stems."""

    name: str
    fixed: tuple[tuple[int, str], ...]
    root_of: Callable[[str], Root]
    share: float
    has_filler: bool


class TemplateFitter:
    """Farasa's `fitTemplate`: the most probable pattern of a stem, or "Y" for none."""

    def __init__(self, roots: Iterable[tuple[str, float]], patterns: Iterable[tuple[str, float]]) -> None:
        """Prepare the tables.

        Args:
            roots: root in Farasa's Buckwalter with all alefs and hamzas written A, and its probability.
            patterns: pattern in Buckwalter with f, E, l, C for root letters, and its probability; in file order.
        """
        self._roots: dict[Root, float] = {
            tuple(root.translate(ROOT_LETTERS)): share for root, share in roots if set(root) <= ROOT_ALPHABET
        }
        self._patterns: dict[int, list[_Pattern]] = {}
        first_share: dict[str, float] = {}
        for name, share in patterns:
            first_share.setdefault(name, share)
            group = self._patterns.setdefault(len(name), [])
            # Farasa compares repeated root letters by identity in Java, so a pattern with two E or two l never fits.
            if name.count("E") > 1 or name.count("l") > 1:
                continue
            slots = [place for place, letter in enumerate(name) if letter in _SLOTS]
            if len(slots) < 2:  # itemgetter of one place gives no tuple; the only such pattern is "Y" itself
                continue
            fixed = tuple((i, c.translate(ARABIC)) for i, c in enumerate(name) if c not in _SLOTS)
            group.append(_Pattern(name, fixed, itemgetter(*slots), first_share[name], "C" in name))

    def fit(self, stem: str) -> str:
        """Return the name of the pattern, or "Y".

        Farasa tries the stem, then repairs of its spelling, until a pattern without the letter ى fits. It drops ة or ي
        at the end, drops ية, reads ى as ي, and makes all alefs bare. It doubles the last letter, and writes او for ات.
        It writes ت for ط or د in third place, آ as two letters, ئ and ؤ as ء.
        """
        fit = self._fit_exactly
        name = fit(stem)
        if "Y" in name and stem.endswith(("ة", "ي")):
            name = fit(stem[:-1])
        if "Y" in name and stem.endswith("ية"):
            name = fit(stem[:-2])
        if "Y" in name and stem.endswith("ى"):
            name = fit(stem[:-1] + "ي")
        if "Y" in name and ("أ" in stem or "آ" in stem or "إ" in stem):
            name = fit(stem.replace("أ", "ا").replace("آ", "ا").replace("إ", "ا"))
        if "Y" in name and len(stem) > 1:
            name = fit(stem + stem[-1])
        if "Y" in name and stem.startswith("ات"):
            name = fit("او" + stem[1:])
        if "Y" in name and len(stem) >= 5 and stem[2] in "طد":
            candidate = fit(stem[:2] + "ت" + stem[3:])
            if candidate[2:3] == "t" and len(candidate) > 3:
                name = candidate
        if "Y" in name and "آ" in stem:
            name = fit(stem.replace("آ", "أا"))
        if "Y" in name and ("ئ" in stem or "ؤ" in stem):
            name = fit(stem.replace("ئ", "ء").replace("ؤ", "ء"))
        return name

    def _fit_exactly(self, stem: str) -> str:
        group = self._patterns.get(len(stem))
        if group is None:
            return NO_TEMPLATE
        roots = self._roots
        letters = stem.translate(MORPH)
        if len(stem) == 2:
            return _TWO_LETTERS if (letters[0], letters[1], letters[1]) in roots else NO_TEMPLATE
        best = best_filled = 0.0
        name = filled = ""
        found = False
        for pattern in group:
            for place, letter in pattern.fixed:
                if stem[place] != letter:
                    break
            else:
                root = pattern.root_of(letters)
                share = roots.get(root)
                if share is None:
                    share = self._best_weak_variant(root)
                    if share is None:
                        continue
                # A pattern without C, the filler letter, goes before every pattern with one.
                if pattern.has_filler:
                    if share * pattern.share > best_filled:
                        best_filled, filled = share * pattern.share, pattern.name
                else:
                    found = True
                    if share * pattern.share > best:
                        best, name = share * pattern.share, pattern.name
        if found:
            return name
        return filled or NO_TEMPLATE

    def _best_weak_variant(self, root: Root) -> float | None:
        """Return the probability of the likeliest root that differs in one weak letter, None if no root does."""
        shares = [
            share
            for place, letter in enumerate(root)
            if letter in _WEAK
            for other in _WEAK
            if (share := self._roots.get((*root[:place], other, *root[place + 1 :]))) is not None
        ]
        return max(shares, default=None)


ROOT_ALPHABET = {chr(code) for code in ROOT_LETTERS}
