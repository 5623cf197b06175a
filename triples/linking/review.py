"""The review file: candidates as SSSOM/TSV, for a curator who moves what is right to `mappings/`.

Source: https://mapping-commons.github.io/sssom/spec-formats-tsv/. Two columns of ours follow those
of the mappings: the score out of 100, and the reasons for it.
"""

import csv
import io
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Final

from xingtu.triples.linking.faults import InvalidLine
from xingtu.triples.linking.scoring import Candidate
from xingtu.triples.linking.subjects import Subject

COLUMNS: Final = (
    "subject_id", "subject_label", "predicate_id", "object_id", "object_label", "object_category",
    "mapping_justification", "mapping_date", "confidence", "see_also", "comment",
    "score", "reasons",
)  # fmt: skip
_HEAD: Final = """\
#curie_map:
#  id: https://w3id.org/xingtu/id/
#  wd: http://www.wikidata.org/entity/
#  xt: https://w3id.org/xingtu/ontology#
#mapping_set_id: https://w3id.org/xingtu/mappings/wikidata-candidates
#mapping_set_title: Candidates for links from Xingtu to Wikidata, not reviewed
#license: https://creativecommons.org/licenses/by/4.0/
"""
Row = dict[str, str]


def read_review(path: Path) -> dict[str, list[Row]]:
    """Read the rows of a review file by subject; none if there is no file.

    Raises:
        InvalidLine: if a line is not as we write it.
        OSError: if the file cannot be read.
    """
    if not path.exists():
        return {}
    try:
        lines = path.read_bytes().decode("utf-8").split("\n")
    except UnicodeDecodeError as error:
        place = error.object[: error.start].count(b"\n") + 1
        raise InvalidLine(path, place, f"is no UTF-8: {error.reason}") from error
    head = next((place for place, line in enumerate(lines) if not line.startswith("#")), 0)
    if tuple(lines[head].split("\t")) != COLUMNS:
        raise InvalidLine(path, head + 1, f"the columns are not {', '.join(COLUMNS)}")
    found: dict[str, list[Row]] = {}
    for number, line in enumerate(lines[head + 1 :], head + 2):
        if line:
            row = _read_row(path, number, line)
            found.setdefault(row["subject_id"], []).append(row)
    return found


def make_rows(subject: Subject, candidates: Sequence[Candidate], today: date) -> list[Row]:
    """Write candidates for a subject as rows, the best first."""
    return [
        {
            "subject_id": f"id:{subject.slug}",
            "subject_label": subject.label,
            "predicate_id": "skos:exactMatch",
            "object_id": f"wd:{each.item.id}",
            "object_label": each.item.label,
            "object_category": "",
            "mapping_justification": "semapv:CompositeMatching",
            "mapping_date": today.isoformat(),
            "confidence": f"{each.score / 100:.2f}",
            "see_also": f"https://www.wikidata.org/wiki/{each.item.id}",
            "comment": "",
            "score": f"{each.score:g}",
            "reasons": " | ".join(f"{feature.name}: {feature.reason}" for feature in each.features),
        }
        for each in candidates
    ]


def write_review(path: Path, rows: Mapping[str, Sequence[Row]]) -> None:
    """Write a review file, in place of the one of that name, or leave that as it was.

    Args:
        path: Where to.
        rows: By subject; they are sorted by it.

    Raises:
        OSError: if it cannot be written.
    """
    text = io.StringIO()
    writer = csv.DictWriter(
        text, COLUMNS, delimiter="\t", lineterminator="\n", quoting=csv.QUOTE_NONE, quotechar=None
    )
    writer.writeheader()
    for subject in sorted(rows):
        for row in rows[subject]:
            writer.writerow({column: " ".join(cell.split()) for column, cell in row.items()})
    new = path.with_name(path.name + ".new")
    new.write_text(_HEAD + text.getvalue(), encoding="utf-8")
    new.replace(path)


def _read_row(path: Path, number: int, line: str) -> Row:
    cells = line.split("\t")
    if len(cells) != len(COLUMNS):
        raise InvalidLine(path, number, f"has {len(cells)} cells, of {len(COLUMNS)}")
    row = dict(zip(COLUMNS, cells, strict=True))
    for column, prefix in (("subject_id", "id:"), ("object_id", "wd:Q")):
        if not row[column].startswith(prefix):
            raise InvalidLine(
                path, number, f"{column} {row[column]!r} does not begin with {prefix}"
            )
    return row
