"""Whole per cent, as every page shows them."""

from decimal import Decimal

import pytest

from courseware.percent import percent


@pytest.mark.parametrize(
    ("part", "whole", "shown"),
    [
        (0, 3, 0),
        (1, 3, 33),
        (2, 3, 67),
        (1, 8, 13),  # 12.5: to an even number it would be 12
        (1, 200, 1),
        (1, 201, 0),
        (199, 200, 99),
        (999, 1000, 99),
        (3, 3, 100),
        (0, 0, 0),
        (None, None, 0),
        (Decimal("0.667"), 1, 67),
        (Decimal("0.005"), 1, 1),
        (Decimal("0.999"), 1, 99),
        (Decimal("1.000"), 1, 100),
        (Decimal("2.500"), 4, 63),
    ],
)
def test_a_half_is_rounded_up_and_all_is_all(part, whole, shown):
    assert percent(part, whole) == shown
