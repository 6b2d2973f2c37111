"""Letters: which words are Arabic, and the three alphabets in Farasa's files."""

import re

# Words past this come back unsplit. Official Farasa's source has no limit, its time grows without bound. The longest
# word in nine million words of news, two words run together, has 19 letters, and scores are tabulated up to here.
MAX_LETTERS = 64

# The Arabic script's letters without marks, tatweel and digits.
is_arabic = re.compile(
    "[\u0621-\u063a\u0641-\u064a\u066e\u066f\u0671-\u06d3\u06d5\u06ee\u06ef\u06fa-\u06fc]+"
).fullmatch

# Buckwalter to Arabic, for the letters of patterns.
_BUCKWALTER = "A<|>'btvjHxd*rzs$SDTZEgfqklmnhwyYp&}"
_LETTERS = "اإآأءبتثجحخدذرزسشصضطظعغفقكلمنهويىةؤئ"
ARABIC = str.maketrans(_BUCKWALTER, _LETTERS)

# Farasa writes roots with one letter for alef and every hamza, ي for ى: the same folding for stems ...
MORPH = str.maketrans("إآأءؤئى", "ااااااي")

# ... and the roots' own Buckwalter variant (O for ذ, P for ش) to Arabic.
ROOT_LETTERS = {
    ord(buckwalter): letter
    for buckwalter, letter in [*zip(_BUCKWALTER, _LETTERS, strict=True), ("O", "ذ"), ("P", "ش")]
    if buckwalter not in "<|>'*$Y&}"
}
