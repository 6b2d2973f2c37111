"""What is done by saying it."""

import pytest

from tests.unit.reference.test_speakers import quotations


@pytest.mark.parametrize(
    ("text", "act"),
    [
        ("قال الوزير: «سنبدأ العمل قبل نهاية العام».", "state"),
        ("وأعلنت الشركة أن «العمل سيبدأ قبل نهاية العام».", "announce"),
        ("ونفى المتحدث أن «يكون العمل قد بدأ قبل نهاية العام».", "deny"),
        ("وأكد الوزير رفضه «أي تدخل في شؤون بلاده الداخلية».", "reject"),
        ("وأعرب الوزير عن إدانته «هذا العمل الذي لا يقبله أحد».", "condemn"),
        ("وطالب النائب بأن «يبدأ العمل قبل نهاية العام».", "demand"),
    ],
)
def test_acts(text: str, act: str) -> None:
    """From the cue, and from the noun that it governs."""
    assert [quotation.act for quotation in quotations(text, [])] == [act]
