"""The sample article's traps, as far as normalization, segmentation and hashtags meet them."""

from khabar.messages.article import Article
from khabar.messages.record import Record


def test_fourteen_paragraphs_were_joined_by_a_stop_and_a_comma(sample: Record) -> None:
    """The scraper joined a list: 13 joiners in one line, and the title."""
    assert sample.paragraphs
    assert len(sample.paragraphs) == 1 + 14
    assert sample.quality
    assert sample.quality.flags == ["diacritics", "glued_sentences", "paragraphs_joined_with_dot_comma"]


def test_the_glued_sentence_is_cut(sample: Record) -> None:
    """شمالاً.إلا has no space between two sentences of one paragraph."""
    assert sample.sentences
    texts = [sample.text[s.start : s.end] for s in sample.sentences]
    assert len(texts) == 16
    glued = next(index for index, text in enumerate(texts) if text.endswith("شمالاً."))
    assert texts[glued + 1].startswith("إلا أن عبد الرحمن")
    assert sample.sentences[glued].paragraph == sample.sentences[glued + 1].paragraph


def test_the_two_month_names_are_three_tokens(sample: Record) -> None:
    """أيلول/سبتمبر is one date; the temporal layer needs both names."""
    assert sample.tokens
    spans = zip(sample.tokens.start, sample.tokens.end, strict=True)
    words = [sample.text[start:end] for start, end in spans]
    at = words.index("أيلول")
    assert words[at : at + 3] == ["أيلول", "/", "سبتمبر"]


def test_a_hashtag_may_cover_half_a_name(sample: Record) -> None:
    """The hashtag is #المرصد_السوري; لحقوق الإنسان belongs to the name, not to the hashtag."""
    assert sample.hashtags
    assert [hashtag.words for hashtag in sample.hashtags] == [
        ["داعش"],
        ["سوريا"],
        ["قوات", "سوريا", "الديمقراطية"],
        ["المرصد", "السوري"],
    ]


def test_the_text_is_untouched(sample: Record, sample_article: Article) -> None:
    """Normalization happens inside and never repairs what is reported, not even the space after the title."""
    assert sample.text == f"{sample_article.title}\n\n{sample_article.body}"
    assert sample.text.startswith("موجات نزوح مستمرة من آخر جيب لداعش في شرق سوريا \n\n")
