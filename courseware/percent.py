"""How shares are shown in whole per cent."""

from decimal import Decimal


def percent(part: Decimal | int, whole: Decimal | int) -> int:
    """`part` of `whole`, a half rounded up; 100 only for all of it.

    0 where there is no whole.
    """
    if not whole:
        return 0
    if part >= whole:
        return 100
    return min(99, int((200 * part + whole) // (2 * whole)))
