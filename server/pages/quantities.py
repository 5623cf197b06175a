"""Numbers in words: how exact they are, and their UCUM units."""

from decimal import Decimal, InvalidOperation
from typing import Final

from xingtu.ontology import XT

# Comparator → (English, Chinese); FORMAT.md, "A claim".
_FRAMES: Final = {
    "exactly": ("{0}", "{0}"),
    "about": ("about {0}", "约{0}"),
    "nearly": ("nearly {0}", "近{0}"),
    "moreThan": ("more than {0}", "超过{0}"),
    "atLeast": ("at least {0}", "至少{0}"),
    "lessThan": ("less than {0}", "不足{0}"),
    "between": ("{0} to {1}", "{0}至{1}"),
}
_UNITS: Final = {
    "1": ("", ""),
    "d": ("days", "天"),
    "mo": ("months", "个月"),
    "a": ("years", "年"),
    "TBy": ("TB", "TB"),
}


def read_quantity(low: str, high: str, unit: str, comparator: str, language: str) -> str:
    """Say a number.

    Args:
        low: The number, or the lower end of a span.
        high: The upper end of a span, else empty.
        unit: A UCUM code; `1` or empty is a count.
        comparator: The IRI of a comparator of ours, or empty.
        language: `en` or `zh`.
    """
    chinese = language == "zh"
    name = comparator.removeprefix(XT)
    frame = _FRAMES.get("between" if high else name, ("{0}", "{0}"))[chinese]
    words = _UNITS.get(unit, (unit, unit))[chinese]
    text = frame.format(_group(low), _group(high))
    return f"{text} {words}".strip() if words.isascii() and words != "%" else text + words


def _group(number: str) -> str:
    if "e" in number.lower():  # written out, it could be of any length
        return number
    try:
        return f"{Decimal(number):,f}"
    except InvalidOperation:
        return number
