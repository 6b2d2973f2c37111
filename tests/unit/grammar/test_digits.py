"""Digits with the separators that newspapers use."""

from decimal import Decimal

import pytest

from khabar.grammar.numbers.digits import digits_value


@pytest.mark.parametrize(
    ("form", "scaled", "value"),
    [
        ("12", False, 12),
        ("1,500", False, 1500),
        ("1,500", True, 1500),
        ("2,5", False, Decimal("2.5")),
        ("1.500.000", False, 1500000),
        ("676.962", False, 676962),
        ("6.935", True, Decimal("6.935")),
        ("0.054", False, Decimal("0.054")),
        ("9,098.27", False, Decimal("9098.27")),
        ("1.234,5", False, Decimal("1234.5")),
        ("3ر28", False, Decimal("28.3")),
        ("500ر307", False, 307500),
        ("432ر690ر29", False, 29690432),
        ("5و2", True, Decimal("2.5")),
        ("5و2", False, None),  # two numbers
        ("3:30", False, None),
        ("1/2", False, None),
        ("2015-08-06", False, None),
        ("12.5.3", False, None),
        ("1" * 30, False, None),
    ],
)
def test_a_token_of_digits_has_a_value(form: str, scaled: bool, value: Decimal | int | None) -> None:
    """A point stands for thousands or for a decimal; what follows the number tells which."""
    assert digits_value(form, scaled=scaled) == value
