"""What is known of a word type is found once and kept, within bounds."""

from khabar.grammar.folding import fold, fold_all
from khabar.text.memo import Memo


def test_a_word_is_looked_at_once() -> None:
    """Most words of an article have stood in one before."""
    asked: list[str] = []
    lengths = Memo(lambda word: asked.append(word) or len(word))
    assert lengths.of(["في", "مصر", "في"]) == [2, 3, 2]
    assert asked == ["في", "مصر"]


def test_the_memo_is_bounded_in_words_and_in_letters() -> None:
    """A stream of words that never come again, or a word of a megabyte, takes no memory for good."""
    lengths = Memo(len, most=100)
    assert lengths.of(map(str, range(1_000)))[-1] == 3
    assert len(lengths) + len(lengths._old) <= 100
    assert lengths["ا" * 1_000_000] == 1_000_000
    assert max(map(len, lengths)) < 100


def test_a_word_in_use_is_found_once_and_a_rare_one_goes() -> None:
    """A memo that is emptied whole finds the common words anew each time, and memory goes up and down."""
    asked: list[str] = []
    lengths = Memo(lambda word: asked.append(word) or len(word), most=10)
    for number in range(100):
        lengths.of(["في", str(number)])
    assert asked.count("في") == 1
    lengths.of(["0", "99"])
    assert (asked.count("0"), asked.count("99")) == (2, 1)


def test_words_fold_alike_one_by_one_and_together() -> None:
    """Whichever way a layer asks, it gets one spelling."""
    words = ["الأمم", "مدرسة", "على", "BBC", "إلى", ""]
    assert fold_all(words) == [fold(word) for word in words] == ["الامم", "مدرسه", "علي", "bbc", "الي", ""]
