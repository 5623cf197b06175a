"""A small timeline: when things happened or are to happen, with what is uncertain left open."""

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from xingtu.server.pages.addresses import link_to
from xingtu.server.pages.dating import as_year, read_date, read_interval
from xingtu.server.pages.language import translate
from xingtu.server.pages.naming import Names
from xingtu.server.pages.neighbourhood import shorten

_ROW: Final = 34.0
_TOP: Final = 24.0
_LEAST: Final = 0.8  # percent of the width, for the shortest bar
_LETTERS: Final = 30
_LINE: Final = 48  # letters of a name and its date that fit side by side on a phone
_MOST: Final = 24


@dataclass
class Dated:
    """A date that a claim gives for an event (EDTF); `planned` if it is the planned one."""

    event: str
    planned: bool
    date: str
    claim: str = ""
    as_of: str = ""
    modality: str = ""
    superseded: bool = False
    claimants: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Bar:
    """A row of the drawing: `x` and `width` in percent, `y` in its own units.

    `opens` and `closes` are false for an open end.
    """

    text: str
    href: str
    when: str
    planned: bool
    x: float
    width: float
    y: float
    opens: bool
    closes: bool


@dataclass(frozen=True)
class Timeline:
    """The drawing: its height, its bars, and the years on its axis with their places in percent."""

    height: float
    bars: list[Bar]
    ticks: list[tuple[int, float]]


def draw_timeline(dated: list[Dated], names: Names) -> Timeline | None:
    """Lay out dates, the earliest at the top; None if there are fewer than two to compare."""
    spans = sorted(_spans(dated), key=lambda each: (each[1], each[2]))[:_MOST]
    if len(spans) < 2:
        return None
    first, last = math.floor(min(s[1] for s in spans)), math.ceil(max(s[2] for s in spans))
    scale = 100 / max(last - first, 1)
    bars = [
        _bar(each, (start - first) * scale, (end - start) * scale, _TOP + row * _ROW, names)
        for row, (each, start, end) in enumerate(spans)
    ]
    ticks = [(year, round((year - first) * scale, 2)) for year in _years(first, last)]
    return Timeline(_TOP + len(bars) * _ROW + 8, bars, ticks)


def _spans(dated: list[Dated]) -> Iterator[tuple[Dated, float, float]]:
    """Give each event and date once, with its ends in years; an open end is three years away."""
    seen = set()
    for each in dated:
        interval = read_interval(each.date)
        key = (each.event, each.planned, each.date)
        if interval is None or key in seen:
            continue
        seen.add(key)
        start = as_year(interval.first) if interval.first else None
        end = as_year(interval.last + timedelta(days=1)) if interval.last else None
        if start is None and end is not None:
            start = end - 3
        if start is not None:
            yield each, start, end if end is not None else start + 3


def _bar(each: Dated, x: float, length: float, y: float, names: Names) -> Bar:
    width = max(length, _LEAST)
    when = read_date(each.date, names.language)
    if each.planned:
        when += f" ({translate('planned', names.language)})"
    return Bar(
        text=shorten(names.label(each.event).text, min(_LETTERS, _LINE - len(when))),
        href=link_to(each.event) or "",
        when=when,
        planned=each.planned,
        x=round(min(x, 100 - width), 2),
        width=round(width, 2),
        y=y,
        opens=not each.date.startswith(".."),
        closes=not each.date.endswith(".."),
    )


def _years(first: int, last: int) -> Iterator[int]:
    """Choose the years to mark: at most six, at round steps."""
    step = next(s for s in (1, 2, 5, 10, 20, 50, 100, 1000, 10000) if (last - first) / s <= 5)
    yield from range(math.ceil(first / step) * step, last + 1, step)
