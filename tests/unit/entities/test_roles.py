"""Which entities belong to the article itself."""

from khabar.entities.clusters import cluster
from khabar.entities.roles import roles
from khabar.messages.article import Article
from khabar.pipeline.segment import segment, split
from khabar.text.document import Document
from tests.identity_engine import IdentityEngine
from tests.unit.entities.marked import read


def _roles(marked: str, **given: str) -> list[str]:
    text, names = read(marked)
    document = Document.of(Article(id="a", body=text, **given))
    split(document)
    segment(document, IdentityEngine())
    return list(roles(document, cluster(document, names)))


def test_the_outlet_is_the_publisher() -> None:
    """Also under the noun for a paper; another paper is part of the story."""
    assert _roles("قال الوزير لـ[ORG صحيفة الرياض] أمس ولـ[ORG عكاظ]", source="الرياض") == ["publisher", "story"]


def test_the_author_is_the_byline() -> None:
    """Named as the producer gives the author."""
    assert _roles("كتب [PER سامي فوزي] عن [PER كريم عازار]", author="سامي فوزي") == ["byline", "story"]
