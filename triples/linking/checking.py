"""A second look at the links there are: what has become of their items."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from xingtu.triples.linking.classes import read_classes
from xingtu.triples.linking.scoring import compare_names, compare_types
from xingtu.triples.linking.subjects import Subject
from xingtu.triples.linking.wikidata import Item, Wikidata

_BATCH: Final = 50  # links looked at together
_ALIKE: Final = 0.6  # the names of the links that are right are more alike


@dataclass(frozen=True)
class Finding:
    """A link that may be wrong: the slug and the item, what is wrong, and what that is told by."""

    slug: str
    item: str
    fault: str
    detail: str


def check_links(
    subjects: Sequence[Subject],
    wikidata: Wikidata,
    advance: Callable[[int], object] = lambda number: None,
) -> list[Finding]:
    """Look at every link.

    Args:
        subjects: Those with links, others are passed over.
        wikidata: Is asked.
        advance: Is told how many links were looked at since it was last told.

    Returns:
        The links that may be wrong, by slug.

    Raises:
        NoAnswer: if a service does not answer.
    """
    links = [(subject, item) for subject in subjects for item in subject.items]
    table, findings = read_classes(), list[Finding]()
    for start in range(0, len(links), _BATCH):
        batch = links[start : start + _BATCH]
        items = wikidata.describe(sorted({item for _, item in batch}), table.all_items)
        for subject, item in batch:
            findings += _judge(subject, items[item])
        advance(len(batch))
    return findings


def _judge(subject: Subject, item: Item) -> Iterator[Finding]:
    def finding(fault: str, detail: str) -> Finding:
        return Finding(subject.slug, item.id, fault, detail)

    if item.target:
        yield finding("merged", f"is now {item.target}")
        return
    if not item.there:
        yield finding("deleted", "the service has no statement about it")
        return
    type_ = compare_types(subject.types, item.classes, read_classes())
    if type_.fit == 0:
        yield finding("wrong type", type_.reason)
    name = compare_names(subject.names, item.names)
    if name.fit is not None and name.fit < _ALIKE:
        yield finding("name does not fit", name.reason)
