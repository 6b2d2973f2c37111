"""The words of dates as sites write them: months, weekdays, halves of the day, zones, and what stands around a date.

The language of this one field, which producers must be able to read without the service. The months and weekdays of running text
are in khabar/lexicons/temporal; a test holds the two together. Keys are written plainly and folded once, by `fold`.
"""

import re
from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Final, TypeVar
from unicodedata import category, normalize

Value = TypeVar("Value")

_DIGITS: Final = str.maketrans("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹", "01234567890123456789")
_LETTERS: Final = str.maketrans({"ى": "ي", "ی": "ي", "ک": "ك", "ة": "ه", "ھ": "ه", "−": "-", "ـ": None})
_DROPPED: Final = frozenset({"Mn", "Cf"})  # marks of any kind, hamza on alef among them, and bidi controls


def fold(text: str) -> str:
    """Return the text with Western digits and without whatever spellings of one word differ in; case stays."""
    plain = "".join(letter for letter in normalize("NFKD", text) if category(letter) not in _DROPPED)
    return plain.translate(_DIGITS).translate(_LETTERS)


def _table(values: Mapping[Value, Iterable[str]]) -> dict[str, Value]:
    return {" ".join(fold(word).split()): value for value, words in values.items() for word in words}


def _words(text: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in text.split("|"))


# ("g" or "h", number of the month). Egypt and the Gulf, the Levant and Iraq, Tunisia and Algeria, Morocco; English; French.
MONTHS: Final = _table(
    {
        ("g", 1): _words("يناير|كانون الثاني|كانون ثاني|كانون 2|ك 2|جانفي|january|jan|janvier"),
        ("g", 2): _words("فبراير|شباط|فيفري|february|feb|février"),
        ("g", 3): _words("مارس|آذار|march|mar|mars"),
        ("g", 4): _words("أبريل|نيسان|أفريل|april|apr|avril"),
        ("g", 5): _words("مايو|أيار|آيار|ماي|may|mai"),
        ("g", 6): _words("يونيو|يونية|حزيران|جوان|june|jun|juin"),
        ("g", 7): _words("يوليو|يولية|تموز|جويلية|يوليوز|july|jul|juillet"),
        ("g", 8): _words("أغسطس|آب|أوت|غشت|august|aug|août"),
        ("g", 9): _words("سبتمبر|أيلول|شتنبر|september|sept|sep|septembre"),
        ("g", 10): _words("أكتوبر|تشرين الأول|تشرين أول|تشرين 1|ت 1|october|oct|octobre"),
        ("g", 11): _words("نوفمبر|تشرين الثاني|تشرين ثاني|تشرين 2|ت 2|نونبر|november|nov|novembre"),
        ("g", 12): _words("ديسمبر|كانون الأول|كانون أول|كانون 1|ك 1|دجنبر|december|dec|décembre"),
        ("h", 1): _words("محرم|المحرم|محرم الحرام"),
        ("h", 2): _words("صفر|صفر الخير"),
        ("h", 3): _words("ربيع الأول|ربيع أول"),
        ("h", 4): _words("ربيع الآخر|ربيع الثاني|ربيع آخر|ربيع ثاني"),
        ("h", 5): _words("جمادى الأولى|جمادى الأول|جماد الأول|جماد أول"),
        ("h", 6): _words("جمادى الآخرة|جمادى الآخر|جمادى الثانية|جمادى الثاني|جماد الآخر|جماد الثاني"),
        ("h", 7): _words("رجب|رجب الفرد"),
        ("h", 8): _words("شعبان"),
        ("h", 9): _words("رمضان|رمضان المبارك|رمضان الكريم|رمضان الفضيل"),
        ("h", 10): _words("شوال"),
        ("h", 11): _words("ذو القعدة|ذي القعدة|ذوالقعدة|ذيالقعدة|القعدة"),
        ("h", 12): _words("ذو الحجة|ذي الحجة|ذوالحجة|ذيالحجة|الحجة"),
    }
)

# ISO: Monday is 1.
WEEKDAYS: Final = _table(
    {
        1: _words("الاثنين|الإثنين|monday|mon|lundi"),
        2: _words("الثلاثاء|الثلاثا|الثلثاء|tuesday|tues|tue|mardi"),
        3: _words("الأربعاء|الإربعاء|الاربعا|wednesday|wed|mercredi"),
        4: _words("الخميس|thursday|thurs|thur|thu|jeudi"),
        5: _words("الجمعة|friday|fri|vendredi"),
        6: _words("السبت|saturday|sat|samedi"),
        7: _words("الأحد|sunday|sun|dimanche"),
    }
)

ERAS: Final = _table({"g": _words("م|ميلادي|ميلادية|ad"), "h": _words("هـ|هجري|هجرية|ah")})

HALVES: Final = _table(
    {
        "am": _words("ص|صباحا|صباح|فجرا|am|قبل الظهر"),
        "pm": _words("م|مساء|مساءا|عصرا|pm|بعد الظهر|بعد ظهر"),
        "noon": _words("ظهرا|الظهر"),
        "night": _words("ليلا"),
    }
)

# Abbreviations with one meaning the world over. AST, IST, BST, CST, GST, MST, PST and their like have several: no offset.
ZONES: Final = {
    word: timedelta(hours=hours)
    for hours, words in {
        0: ("ut", "wet"),
        1: ("west", "cet"),
        2: ("cest", "eet"),
        3: ("eest", "msk", "eat"),
        -4: ("edt",),
        -5: ("est",),
        -6: ("mdt",),
        -7: ("pdt",),
    }.items()
    for word in words
}
UNIVERSAL: Final = frozenset(("gmt", "utc"))  # an offset may follow these

# After بتوقيت: places that had one offset in all years of the web; None for the others, whose time stays without one.
PLACES: Final[dict[str, timedelta | None]] = _table(
    {
        timedelta(0): _words("غرينتش|جرينتش|غرينيتش|جرينيتش|غرينتش العالمي|جرينتش العالمي|العالمي|العالمي الموحد"),
        timedelta(hours=1): _words("الجزائر"),
        timedelta(hours=3): _words(
            "مكة|مكة المكرمة|السعودية|المملكة|المملكة العربية السعودية|الرياض|الكويت|قطر|الدوحة|البحرين|المنامة|اليمن|صنعاء|عدن"
        ),
        timedelta(hours=4): _words("الإمارات|أبوظبي|أبو ظبي|دبي|سلطنة عمان|مسقط"),
        None: _words(
            # عمان is a country or the capital of another.
            "المحلي|عمان|القاهرة|مصر|بيروت|لبنان|دمشق|سوريا|سورية|العراق|بغداد|القدس|فلسطين|الأردن|تونس|المغرب|الرباط|ليبيا|طرابلس"
        ),
    }
)
PLACE_HEADS: Final = frozenset(map(fold, ("بتوقيت", "توقيت", "بالتوقيت", "حسب توقيت")))

# Labels that mark a date as the day of publication. "Updated" and آخر تحديث mean another day, so they are not here.
LABELS: Final = frozenset(
    " ".join(fold(label).split())
    for labels in (
        "نشر|نشر في|نشر بتاريخ|نشر يوم|نشرت|نشرت في|نشرت بتاريخ|تم النشر|تم النشر في|تم النشر بتاريخ|تاريخ النشر",
        "وقت النشر|منشور في|النشر|أضيف في|أضيف بتاريخ|تاريخ الإضافة|كتب في|حرر في|حرر بتاريخ|التاريخ|تاريخ|بتاريخ",
        "published|published on|published at|publish date|publication date|posted|posted on|posted at|date|date published",
        "publié le|publié|date de publication|mis en ligne le",
    )
    for label in _words(labels)
)

# Words without meaning that may be between the parts of a date.
FILLERS: Final = frozenset(
    " ".join(fold(word).split())
    for word in _words(
        "في|يوم|الساعة|في الساعة|على الساعة|عند الساعة|تمام الساعة|الموافق|الموافق ل|الموافق ليوم|المصادف|at|on|le|à"
    )
)
OF: Final = frozenset(map(fold, _words("من|شهر|من شهر|of|de")))
YEAR_HEADS: Final = frozenset(map(fold, _words("عام|سنة|من عام|من سنة|لعام|لسنة")))
ORDINAL_ENDS: Final = frozenset(("st", "nd", "rd", "th", "er"))

_UNITS: Final = {
    1: ("ثانية|ثواني|ثوان|second|seconds|sec|seconde|secondes", "ثانيتين|ثانيتان"),
    60: ("دقيقة|دقائق|minute|minutes|min|mins", "دقيقتين|دقيقتان"),
    3_600: ("ساعة|ساعات|hour|hours|heure|heures", "ساعتين|ساعتان"),
}
AGO_UNITS: Final = {fold(word): unit for unit, (words, _) in _UNITS.items() for word in words.split("|")}
AGO_PAIRS: Final = {fold(word): 2 * unit for unit, (_, words) in _UNITS.items() for word in words.split("|")}
AGO: Final = re.compile(
    r"(?:(?:منذ|قبل|il y a) (?:(?P<n>\d{1,4}) )?(?P<unit>[^\W\d_]+)|(?P<n_en>\d{1,4}|an?|one) (?P<unit_en>[a-z]+) ago)"
)
