"""Dates in EDTF (ISO 8601-2) and instants, in words."""

import calendar
import re
from datetime import date
from typing import Final

from xingtu.triples.edtf import Interval, parse_edtf

_MONTHS: Final = tuple(calendar.month_name)
_POINT: Final = re.compile(r"(\d{3}[\dX])(?:-(\d\d))?(?:-(\d\d))?([~?%]?)")
_FRAMES: Final = {
    "en": {
        "..-": "by {0}",
        "-..": "from {0}",
        "-": "{0} to {1}",
        "~": "around {0}",
        "?": "perhaps {0}",
        "%": "perhaps around {0}",
    },
    "zh": {
        "..-": "{0}以前",
        "-..": "{0}起",
        "-": "{0}至{1}",
        "~": "{0}前后",
        "?": "{0}（存疑）",
        "%": "{0}前后（存疑）",
    },
}


def read_date(text: str, language: str) -> str:
    """Say an EDTF date in words; a text that is none stays as it is."""
    frames = _FRAMES[language]
    start, slash, end = text.partition("/")
    if not slash:
        return _read_point(start, language)
    if start == "..":
        return frames["..-"].format(_read_point(end, language))
    if end == "..":
        return frames["-.."].format(_read_point(start, language))
    return frames["-"].format(_read_point(start, language), _read_point(end, language))


def read_instant(text: str, language: str) -> str:
    """Say the day of an xsd:dateTime."""
    return _read_point(text.partition("T")[0], language)


def read_interval(text: str) -> Interval | None:
    """Give the days an EDTF date may mean, or None if the text is no such date."""
    try:
        return parse_edtf(text)
    except ValueError:
        return None


def as_year(day: date) -> float:
    """Place a day on an axis of years."""
    start = date(day.year, 1, 1)
    return day.year + (day - start).days / 366


def _read_point(text: str, language: str) -> str:
    match = _POINT.fullmatch(text)
    if match is None or not 0 < int(match[2] or 1) <= 12:
        return text
    year, month, day, mark = match.groups()
    plain = (_chinese if language == "zh" else _english)(year, month, day)
    return _FRAMES[language][mark].format(plain) if mark else plain


def _english(year: str, month: str | None, day: str | None) -> str:
    if year.endswith("X"):
        return f"the {year[:3]}0s"
    name = f"{_MONTHS[int(month)]} " if month else ""
    return f"{int(day)} {name}{year}" if day else name + year


def _chinese(year: str, month: str | None, day: str | None) -> str:
    if year.endswith("X"):
        return f"{year[:3]}0年代"
    return f"{year}年" + (f"{int(month)}月" if month else "") + (f"{int(day)}日" if day else "")
