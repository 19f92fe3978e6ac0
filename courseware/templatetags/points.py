"""How points are written: 8 and 7.5, never 8.000."""

from decimal import Decimal

from django import template
from django.utils.formats import number_format

register = template.Library()


@register.filter
def points(value: Decimal | float | None) -> str:
    """`value` without zeros that say nothing, by locale; nothing for None."""
    if value is None:
        return ""
    text = f"{Decimal(str(value)):f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return number_format(text)
