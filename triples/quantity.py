"""Numbers as the articles give them: a value or range, a comparator, a UCUM unit."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

COMPARATORS = {
    "exactly": "exactly",
    "about": "about",
    "nearly": "nearly",
    "more than": "moreThan",
    "at least": "atLeast",
    "less than": "lessThan",
}
NUMBER = r"-?(?:0|[1-9][0-9]{0,14})(?:\.[0-9]{1,9})?"
INTEGER = re.compile(r"-?(?:0|[1-9][0-9]{0,14})")
SINGLE = re.compile(rf"(?:({'|'.join(COMPARATORS)}) )?({NUMBER})(?: (\S+))?")
RANGE = re.compile(rf"({NUMBER})\.\.({NUMBER})(?: (\S+))?")


@dataclass(frozen=True)
class Quantity:
    """A number (`low` equals `high`) or a range, with its comparator's local name and its unit."""

    low: str
    high: str
    comparator: str
    unit: str


def parse_quantity(text: str) -> Quantity:
    """Read `[comparator] number [unit]` or `min..max [unit]`; numbers in canonical decimal form.

    Raises:
        ValueError: if the text has neither form, or the range runs backwards.
    """
    if match := RANGE.fullmatch(text):
        low, high, unit = match.groups()
        if Decimal(low) > Decimal(high):
            raise ValueError(f"the range {text!r} runs backwards")
        return Quantity(_canonical(low), _canonical(high), "between", unit or "1")
    if match := SINGLE.fullmatch(text):
        word, number, unit = match.groups()
        number = _canonical(number)
        return Quantity(number, number, COMPARATORS[word or "exactly"], unit or "1")
    raise ValueError(f"{text!r} is not '[comparator] NUMBER [UNIT]' or 'MIN..MAX [UNIT]'")


def parse_integer(text: str) -> str:
    """Return the canonical form of a whole number.

    Raises:
        ValueError: if the text is none, or has more than 15 digits.
    """
    if not INTEGER.fullmatch(text):
        raise ValueError(f"{text!r} is no whole number")
    return "0" if text == "-0" else text


def _canonical(number: str) -> str:
    """Drop what a store would drop on loading: '93.0' becomes '93' (XSD 1.1, decimal)."""
    return number.rstrip("0").rstrip(".") if "." in number else number
