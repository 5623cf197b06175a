"""EDTF dates as Wikidata's time values: a day, a month or a year, and `circa`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from xingtu.triples.edtf import POINT

YEAR, MONTH, DAY = 9, 10, 11
"""Precisions of the data model: https://www.mediawiki.org/wiki/Wikibase/DataModel#Dates_and_times"""
_GREGORIAN_FROM: Final = 1583  # Before, a value would have to name its calendar.


@dataclass(frozen=True)
class Time:
    """A point in time: year, month and day (0 if less precise), and whether it is about then."""

    year: int
    month: int = 0
    day: int = 0
    circa: bool = False

    @property
    def precision(self) -> int:
        """How exact it is: `YEAR`, `MONTH` or `DAY`."""
        return DAY if self.day else MONTH if self.month else YEAR

    def __str__(self) -> str:
        """Return it as QuickStatements takes it."""
        return f"+{self.year:04}-{self.month:02}-{self.day:02}T00:00:00Z/{self.precision}"


def read_time(edtf: str, *, utc: bool = False) -> Time | None:
    """Return the time value that says exactly what an EDTF date does, or None if there is none.

    Args:
        edtf: The date; spans, decades and uncertain dates have no such value.
        utc: Whether the property demands the day in UTC. The articles give days of a time zone
            that they do not name, so that only the month, or the year, is certain.
    """
    match = POINT.fullmatch(edtf)
    if not match or not match[1].isdecimal() or match[4] in {"?", "%"}:
        return None
    year, month, day = (int(part or 0) for part in match.groups()[:3])
    if year < _GREGORIAN_FROM:
        return None
    time = Time(year, month, day, match[4] == "~")
    return _anywhere(time) if utc and day else time


def _anywhere(time: Time) -> Time | None:
    """Return what holds of a day whatever the time zone it was given in."""
    day = date(time.year, time.month, time.day)
    days = [day + timedelta(days=n) for n in (-1, 0, 1)]
    if len({(each.year, each.month) for each in days}) == 1:
        return Time(time.year, time.month, circa=time.circa)
    return Time(time.year, circa=time.circa) if len({each.year for each in days}) == 1 else None
