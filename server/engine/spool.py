"""Where an answer is written until its success is certain: memory first, then a file."""

import re
import tempfile
from itertools import islice
from mmap import ACCESS_READ, mmap
from pathlib import Path
from typing import IO, Final, Self

from pyoxigraph import QueryResultsFormat, RdfFormat, parse

from xingtu.server.errors import ResultTooLarge

_IN_MEMORY: Final = 4 << 20  # bytes; larger answers go through a file


_LEAST_TRIPLE: Final = 4  # bytes; a further object in Turtle: a space, a comma, a space, a digit


class Spool:
    """A writable binary file that refuses to grow over its limit.

    Args:
        folder: Where to make the file of a large answer.
        limit: The bytes it may hold.
    """

    def __init__(self, folder: Path, limit: int) -> None:
        self._folder = folder
        self._limit = limit
        self._size = 0
        self._chunks: list[bytes] = []
        self._file: IO[bytes] | None = None
        self._path: Path | None = None

    def write(self, data: bytes) -> int:
        """Take bytes.

        Raises:
            ResultTooLarge: if there are more than the limit.
            OSError: if the disk is full.
        """
        self._size += len(data)
        if self._size > self._limit:
            raise ResultTooLarge(
                f"the answer is larger than {self._limit >> 20} MiB; ask for less, or in pages "
                "with ORDER BY, LIMIT and OFFSET"
            )
        if self._file is None and self._size > _IN_MEMORY:
            self._open_file()
        if self._file is None:
            self._chunks.append(data)
        else:
            self._file.write(data)
        return len(data)

    def flush(self) -> None:
        """Do nothing; `close` flushes."""

    def close(self) -> bytes | Path:
        """Give what was written, in memory or as a file that the caller deletes."""
        if self._path is None or self._file is None:
            return b"".join(self._chunks)
        self._file.close()
        return self._path

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        """Delete the file if there was an error."""
        if kind is not None and self._path is not None:
            self.close()
            self._path.unlink(missing_ok=True)

    @property
    def stream(self) -> IO[bytes]:
        """Itself, as the type that pyoxigraph declares."""
        return self  # type: ignore[return-value]

    def _open_file(self) -> None:
        with tempfile.NamedTemporaryFile(dir=self._folder, delete=False) as made:
            self._path = Path(made.name)
        self._file = self._path.open("wb")
        self._file.writelines(self._chunks)
        self._chunks.clear()


_JSON_STRING: Final = re.compile(rb'"(?:[^"\\]|\\.)*+"')
_CSV_STRING: Final = re.compile(rb'"[^"]*+"')


def refuse_rows(body: bytes | Path, syntax: QueryResultsFormat, limit: int) -> None:
    """Refuse a result of more solutions than the limit.

    The exact count is slow, so it is made only where a quick one may be over the limit.

    Raises:
        ResultTooLarge: if there are more than `limit`.
    """
    if isinstance(body, bytes) and len(body) <= _LEAST_ROW[syntax] * limit:
        return
    content = _content(body)
    if _count_at_most(content, syntax) <= limit:
        return
    rows = _count_rows(content, syntax)
    if rows > limit:
        raise ResultTooLarge(f"the answer has {rows} rows, of {limit} allowed; add a LIMIT")


def refuse_many_triples(body: bytes | Path, syntax: RdfFormat, limit: int) -> None:
    """Refuse a graph, as it was written, of more triples than the limit.

    They are counted only where there is room for so many.

    Raises:
        ResultTooLarge: if there are more than `limit`.
    """
    size = len(body) if isinstance(body, bytes) else body.stat().st_size
    if size > _LEAST_TRIPLE * limit:
        source = {"input": body} if isinstance(body, bytes) else {"path": body}
        refuse_triples(sum(1 for _ in islice(parse(**source, format=syntax), limit + 1)), limit)


def refuse_triples(count: int, limit: int) -> None:
    """Refuse a graph of more triples than the limit.

    Raises:
        ResultTooLarge: if there are more than `limit`.
    """
    if count > limit:
        raise ResultTooLarge(f"the answer has more than the {limit} triples allowed; add a LIMIT")


def _content(body: bytes | Path) -> bytes | mmap:
    if isinstance(body, bytes):
        return body
    with body.open("rb") as stream:
        return mmap(stream.fileno(), 0, access=ACCESS_READ)


_LEAST_ROW: Final = {  # bytes
    QueryResultsFormat.XML: len(b"<result></result>"),
    QueryResultsFormat.TSV: len(b"\n"),
    QueryResultsFormat.CSV: len(b"\r\n"),
    QueryResultsFormat.JSON: len(b",{}"),
}
_ENDS: Final = {
    QueryResultsFormat.XML: b"</result>",
    QueryResultsFormat.TSV: b"\n",
    QueryResultsFormat.CSV: b"\r\n",
    QueryResultsFormat.JSON: b",{",
}


def _count_at_most(body: bytes | mmap, syntax: QueryResultsFormat) -> int:
    """Count what separates solutions, in literals too."""
    content = body if isinstance(body, bytes) else body[:]
    return content.count(_ENDS[syntax]) + 1


def _count_rows(body: bytes | mmap, syntax: QueryResultsFormat) -> int:
    """Count solutions by what no literal can hold unescaped in that format."""
    if syntax == QueryResultsFormat.XML:
        return sum(1 for _ in re.finditer(b"<result>", body))
    if syntax == QueryResultsFormat.TSV:
        return sum(1 for _ in re.finditer(b"\n", body)) - 1
    if syntax == QueryResultsFormat.CSV:
        return _CSV_STRING.sub(b"", body).count(b"\r\n") - 1
    bare = _JSON_STRING.sub(b"", body)
    return 0 if bare.endswith(b":[]}}") else bare.count(b",{") + 1
