"""Events on one scale: what was planned, what came of it, and how certain each date is."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Final

from xingtu.ontology import XT
from xingtu.server.pages.asking import Row
from xingtu.server.pages.dating import read_date, read_interval
from xingtu.server.pages.naming import Names
from xingtu.server.pages.rows import value_of
from xingtu.triples.edtf import Interval

# How wide a year is drawn in which nothing begins or ends, of one in which something does.
_QUIET: Final = 0.12
_OPEN: Final = 2.5  # percent; how far an open end is drawn
_BETWEEN_TICKS: Final = 6.5  # percent
_GROUPS: Final = (
    ("Happened or under way", ("achieved", "operational", "ended")),
    ("Planned", ("planned", "inDevelopment", "underStudy")),
    ("Proposed or only talked of", ("proposed", "hypothetical")),
    ("Without a status", ("",)),
)


@dataclass
class Event:
    """An event: the local name of its status, what it is of, and its dates (EDTF) by their role."""

    iri: str
    of_space: bool = False
    status: str = ""
    of: list[str] = field(default_factory=list)
    planned: list[str] = field(default_factory=list)
    actual: list[str] = field(default_factory=list)
    formerly: list[str] = field(default_factory=list)

    @property
    def first(self) -> str:
        """The earliest day any of its dates may mean; after all others if it has none."""
        intervals = [read_interval(text) for text in (*self.actual, *self.planned)]
        days = [str(i.first or i.last) for i in intervals if i is not None]
        return min(days, default="~")


@dataclass(frozen=True)
class Mark:
    """A date on the scale, in percent of its length.

    `role` is planned, actual or formerly; `fades` says which of its ends is open or approximate:
    from, to, both or none.
    """

    role: str
    x: float
    width: float
    is_day: bool
    fades: str
    text: str


@dataclass(frozen=True)
class Scale:
    """Years side by side, those in which nothing begins or ends drawn narrow."""

    first: int
    widths: tuple[float, ...]

    def place(self, day: date) -> float:
        """Give the place of the start of a day, in percent."""
        index = min(max(day.year - self.first, 0), len(self.widths) - 1)
        part = (day.timetuple().tm_yday - 1) / 366 if day.year == self.first + index else 1.0
        return 100 * (sum(self.widths[:index]) + part * self.widths[index]) / sum(self.widths)

    @property
    def ticks(self) -> list[tuple[int, float]]:
        """The years to name, with their places: busy ones, as far apart as their names need."""
        found: list[tuple[int, float]] = []
        for index, width in enumerate(self.widths):
            place = self.place(date(self.first + index, 1, 1))
            if width == 1 and (not found or place - found[-1][1] >= _BETWEEN_TICKS):
                found.append((self.first + index, place))
        return found


def read_events(rows: Iterable[Row]) -> list[Event]:
    """Put events together from rows of `view-timeline.rq`."""
    events: dict[str, Event] = {}
    for row in rows:
        iri = value_of(row, "event")
        event = events.setdefault(iri, Event(iri, value_of(row, "ofSpace") == "true"))
        event.status = event.status or value_of(row, "status").removeprefix(XT)
        for name, values in (
            ("of", event.of),
            ("planned", event.planned),
            ("actual", event.actual),
            ("formerly", event.formerly),
        ):
            value = value_of(row, name)
            if value and value not in values:
                values.append(value)
    return list(events.values())


def group_events(events: Iterable[Event], names: Names) -> list[tuple[str, list[Event]]]:
    """Group events by how far they have come, each group in the order of time."""
    ordered = sorted(events, key=lambda event: (event.first, names.label(event.iri).text))
    groups = [
        (title, [event for event in ordered if event.status in statuses])
        for title, statuses in _GROUPS
    ]
    return [group for group in groups if group[1]]


def make_scale(events: Iterable[Event]) -> Scale | None:
    """Make the scale that all dates fit on; None if there is no date."""
    days = [
        day
        for event in events
        for text in (*event.planned, *event.actual, *event.formerly)
        if (interval := read_interval(text)) is not None
        for day in (interval.first, interval.last)
        if day is not None
    ]
    if not days:
        return None
    busy = {day.year for day in days}
    first, last = min(busy), max(busy)
    years = range(first, last + 2)
    return Scale(first, tuple(1.0 if year in busy else _QUIET for year in years))


def mark_event(event: Event, scale: Scale, language: str) -> list[Mark]:
    """Place the dates of an event, those that no longer stand first."""
    roles = (("formerly", event.formerly), ("planned", event.planned), ("actual", event.actual))
    return [
        mark
        for role, texts in roles
        for text in texts
        for mark in _marks(role, text, scale, language)
    ]


def _marks(role: str, text: str, scale: Scale, language: str) -> Iterator[Mark]:
    interval = read_interval(text)
    if interval is None:
        return
    start, end = _ends(interval, scale)
    is_day = interval.first is not None and interval.first == interval.last
    yield Mark(
        role,
        start,
        max(end - start, 0.4),
        is_day,
        _fades(text, interval),
        read_date(text, language),
    )


def _ends(interval: Interval, scale: Scale) -> tuple[float, float]:
    start = scale.place(interval.first) if interval.first else None
    end = scale.place(interval.last + timedelta(days=1)) if interval.last else None
    if start is None:
        assert end is not None  # a date is never open at both ends
        return max(end - _OPEN, 0), end
    return start, end if end is not None else min(start + _OPEN, 100)


def _fades(text: str, interval: Interval) -> str:
    if interval.first is None:
        return "from"
    if interval.last is None:
        return "to"
    return "both" if set(text) & set("~?%") else ""
