"""Three pages of Arabic news, in this project's own words, and a feed of them."""

from pathlib import Path

PARAGRAPHS = (
    "قال المتحدث باسم الوزارة إن الاجتماع سيعقد غدا في القاعة الكبرى، وأضاف أن الدعوة عامة للجميع وأن الدخول مجاني.",
    "وأوضح أن الأعضاء سيناقشون خطة المياه في المدن الساحلية قبل نهاية العام، وأن التمويل متوفر لثلاثة مشاريع كبيرة.",
    "وذكرت منى الشامي، مديرة المشروع، أن العمل بدأ في الربيع الماضي وأن المحطة الأولى ستفتح أبوابها خلال أسبوعين.",
)
TITLES = ("افتتاح محطة المياه الجديدة في عدن", "الوزارة تعلن خطة المدن الساحلية", "مديرة المشروع تزور المحطة الأولى")
NAMES = tuple(f"أخبار-{number}" for number in range(1, len(TITLES) + 1))
PUBLISHED = "2026-09-16T08:30:00+03:00"


def url(name: str) -> str:
    return f"https://news.example.com/{name}"


def page(title: str, name: str) -> str:
    paragraphs = "".join(f"<p>{paragraph}</p>" for paragraph in PARAGRAPHS)
    return f"""<!DOCTYPE html>
<html lang="ar" dir="rtl"><head><meta charset="utf-8"><title>{title} | المثال</title>
<link rel="canonical" href="{url(name)}">
<meta name="author" content="منى الشامي"><meta name="description" content="خطة المياه في سطر واحد">
<meta name="keywords" content="مياه,عدن">
<meta property="og:title" content="{title}"><meta property="og:type" content="article">
<meta property="og:site_name" content="المثال"><meta property="og:url" content="{url(name)}">
<meta property="og:image" content="https://news.example.com/a.jpg">
<meta property="article:published_time" content="{PUBLISHED}"><meta property="article:section" content="اقتصاد">
</head><body><main><article><h1>{title}</h1>
<time datetime="{PUBLISHED}">16 سبتمبر 2026</time>{paragraphs}</article></main></body></html>"""


def feed() -> str:
    items = "".join(
        f"<item><title>{title}</title><link>{url(name)}</link><guid>{url(name)}</guid>"
        f"<pubDate>Wed, 16 Sep 2026 08:30:00 +0300</pubDate><author>منى الشامي</author><category>مياه</category>"
        f"<description>{PARAGRAPHS[0]}</description></item>"
        for title, name in zip(TITLES, NAMES, strict=True)
    )
    return f'<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel><title>المثال</title>{items}</channel></rss>'


def write(folder: Path) -> None:
    """Write pages and feed into a folder."""
    for title, name in zip(TITLES, NAMES, strict=True):
        (folder / f"{name}.html").write_text(page(title, name), encoding="utf-8")
    (folder / "feed.rss").write_text(feed(), encoding="utf-8")
