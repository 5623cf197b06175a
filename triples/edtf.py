"""The part of EDTF (ISO 8601-2) that the articles need, and the interval that each form means."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date, timedelta

POINT = re.compile(r"([0-9]{3}[0-9X])(?:-([0-9]{2})(?:-([0-9]{2}))?)?([~?%]?)")


@dataclass(frozen=True)
class Interval:
    """The first and last day that a date may mean; None is an open end."""

    first: date | None
    last: date | None

    @property
    def earliest(self) -> str | None:
        """The first second, as the lexical form of an xsd:dateTime in UTC."""
        return f"{self.first.isoformat()}T00:00:00Z" if self.first else None

    @property
    def latest(self) -> str | None:
        """The last second, as the lexical form of an xsd:dateTime in UTC."""
        return f"{self.last.isoformat()}T23:59:59Z" if self.last else None


def parse_edtf(text: str) -> Interval:
    """Return the interval of an EDTF date, span or half-open span.

    An approximate point (`~`, `%`) is widened by one of its own units on each side.

    Raises:
        ValueError: if the text is not of the supported part of EDTF, or ends before it starts.
    """
    start, slash, end = text.partition("/")
    if not slash:
        return _point(text)
    interval = Interval(
        None if start == ".." else _point(start).first, None if end == ".." else _point(end).last
    )
    if interval.first is None and interval.last is None:
        raise ValueError(f"{text!r} is open at both ends")
    if interval.first and interval.last and interval.first > interval.last:
        raise ValueError(f"{text!r} ends before it starts")
    return interval


def _point(text: str) -> Interval:
    match = POINT.fullmatch(text)
    if not match:
        raise ValueError(f"{text!r} is not an EDTF date")
    year, month, day, mark = match.groups()
    if not "0100" <= year.replace("X", "0") <= "9899":
        raise ValueError(f"{text!r} is too far from our time")
    interval = _exact(year, month, day)
    return _widen(interval, month, day) if mark in {"~", "%"} else interval


def _exact(year: str, month: str | None, day: str | None) -> Interval:
    if year.endswith("X"):
        if month:
            raise ValueError(f"{year}-{month}: a decade has no month")
        return Interval(date(int(year[:3] + "0"), 1, 1), date(int(year[:3] + "9"), 12, 31))
    if month is None:
        return Interval(date(int(year), 1, 1), date(int(year), 12, 31))
    if day is None:
        return _month(int(year), int(month))
    only = date(int(year), int(month), int(day))
    return Interval(only, only)


def _month(year: int, month: int) -> Interval:
    if not 1 <= month <= 12:
        raise ValueError(f"{month} is not a month")
    return Interval(date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1]))


def _widen(interval: Interval, month: str | None, day: str | None) -> Interval:
    """Add one unit of the date's own precision before and after (FORMAT.md, "A claim")."""
    first, last = interval.first, interval.last
    assert first and last
    if day:
        return Interval(first - timedelta(days=1), last + timedelta(days=1))
    if month:
        before, after = first - timedelta(days=1), last + timedelta(days=1)
        return Interval(before.replace(day=1), _month(after.year, after.month).last)
    years = last.year - first.year + 1
    return Interval(first.replace(year=first.year - years), last.replace(year=last.year + years))
