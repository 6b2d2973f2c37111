"""Farasa's tagged lines, read strictly, and the layers made of them. The lines are in farasapy 0.1.1's documented form."""

from collections.abc import Callable, Sequence

import pytest

from khabar.entities.geo import Gazetteer
from khabar.farasa_jars.errors import FarasaNotReady, UnreadableTags
from khabar.farasa_jars.names import FarasaEntityExtractor, FarasaRecognizer
from khabar.farasa_jars.pos import FarasaPosExtractor
from khabar.farasa_jars.tagged import read_names, read_parts_of_speech
from khabar.farasa_jars.tool import FarasaTool
from khabar.messages.article import Article
from khabar.pipeline.pipeline import Pipeline

MakeTool = Callable[..., FarasaTool]


class TwoRules:
    """و and ال in front are cut off, as the fake Java does."""

    name = "two rules"

    def segment(self, words: Sequence[str]) -> list[str]:
        return ["و+" + word[1:] if word.startswith("و") else word for word in words]


def test_the_parts_of_a_token_stand_apart_and_the_last_has_their_tags() -> None:
    """As farasapy's own reader has it."""
    line = "S/S و+ ال+ مدرس +ة/CONJ+DET+NOUN+NSUFF-FS 19/5/1955/NUM +/PUNC E/E"
    assert read_parts_of_speech(line) == [
        ("والمدرسة", "CONJ+DET+NOUN+NSUFF-FS"),
        ("19/5/1955", "NUM"),
        ("+", "PUNC"),
    ]


@pytest.mark.parametrize(
    "line",
    ["", "في/PREP", "S/S في/PREP", "S/S ال+ بيت/NOUN E/E", "S/S بيت/DET+NOUN E/E", "S/S بيت E/E", "S/S بيت/ E/E"],
)
def test_a_tagged_line_in_another_form_is_refused(line: str) -> None:
    """A tag at the wrong word is worse than none."""
    with pytest.raises(UnreadableTags):
        read_parts_of_speech(line)


@pytest.mark.parametrize("line", ["بغداد", "بغداد/B-CITY", "/O", "بغداد/"])
def test_a_line_of_names_in_another_form_is_refused(line: str) -> None:
    """An unknown tag may be a new version of the jar."""
    with pytest.raises(UnreadableTags):
        read_names(line)


def test_parts_of_speech_stand_beside_the_tokens(make_tool: MakeTool) -> None:
    """One entry a token, in a layer that is made only where it is asked for."""
    pos = FarasaPosExtractor(make_tool("FarasaPOSJar.jar"), version="0")
    record = Pipeline(TwoRules(), [pos], ["tokens", "pos"], version="0")(
        Article(id="a", body="وصل والمدير للعمل، أمس.")
    )
    assert record.tokens is not None and record.pos is not None
    assert record.pos.tags == ["CONJ+NOUN-MS", "CONJ+DET+NOUN-MS", "PREP+DET+NOUN-MS", "NOUN-MS", "NOUN-MS", "NOUN-MS"]
    assert record.provenance.models == {"pos": "farasa 0"}
    pos.close()


def test_names_are_entities_with_places_and_without_proclitics(make_tool: MakeTool) -> None:
    """The same joining and placing as for the other recognizers; text[start:end] is the claim."""
    namer = FarasaEntityExtractor(FarasaRecognizer(make_tool("FarasaNERJar.jar"), version="0"), Gazetteer.load())
    article = Article(id="a", body="وصل سامح شكري أمس. وبغداد تنتظر.")
    record = Pipeline(TwoRules(), [namer], ["entities"], version="0")(article)
    found = [(entity.type, entity.name, entity.mentions[0].text) for entity in record.entities or ()]
    assert found == [("PER", "سامح شكري", "سامح شكري"), ("LOC", "بغداد", "بغداد")]
    assert all(record.text[m.start : m.end] == m.text for entity in record.entities or () for m in entity.mentions)
    namer.close()


def test_a_tagger_that_answers_only_at_the_end_is_refused_at_start_up(make_tool: MakeTool) -> None:
    """Its lines are whole sentences: one Java for every article would take seconds each."""
    namer = FarasaRecognizer(make_tool("FarasaNERJar.jar", flush="end", start_s=1), version="0")
    with pytest.raises(FarasaNotReady, match="only at the end of its input"):
        namer.check()
