"""Solutions drawn as a table in the terminal."""

import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from pyoxigraph import BlankNode, Literal, NamedNode, QuerySolutions, Triple
from rich.console import Console
from rich.table import Table
from rich.text import Text

_PREFIX_DECLARATION: Final = re.compile(
    r"\bPREFIX\s+([\w.-]*):\s*<([A-Za-z][\w+.-]*:[^<>\s]*)>", re.IGNORECASE
)
_LOCAL_NAME: Final = re.compile(r"\w(?:[\w.-]*[\w-])?")


def read_prefixes(query: str) -> dict[str, str]:
    """Read the prefixes a query declares.

    Args:
        query: The text of a query.

    Returns:
        Namespace IRIs by prefix, absolute ones only.
    """
    return dict(_PREFIX_DECLARATION.findall(query))


def print_table(solutions: QuerySolutions, prefixes: Mapping[str, str]) -> None:
    """Draw solutions (see `draw_table`) on standard output; into a pipe, without folding."""
    _print(draw_table(solutions, prefixes))


def print_rows(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Draw rows of texts under the names of their columns, as `print_table` does."""
    table = Table(*columns)
    for row in rows:
        table.add_row(*map(Text, row))
    _print(table)


def draw_table(solutions: QuerySolutions, prefixes: Mapping[str, str]) -> Table:
    """Draw solutions, a column for each variable and a row for each solution.

    Args:
        solutions: The solutions; consumed.
        prefixes: Namespace IRIs by prefix, used to shorten IRIs.

    Returns:
        A table whose caption is the number of rows.
    """
    table = Table()
    for variable in solutions.variables:
        table.add_column(Text(variable.value), overflow="fold")
    for solution in solutions:
        # Text, since a plain string would be read as rich's markup: "[CNSA]".
        table.add_row(*(Text(show_term(term, prefixes) if term else "") for term in solution))
    table.caption = "1 row" if table.row_count == 1 else f"{table.row_count} rows"
    return table


def show_term(term: NamedNode | BlankNode | Literal | Triple, prefixes: Mapping[str, str]) -> str:
    """Show a term to a reader: a literal by its value alone, an IRI by its prefixed name.

    Args:
        term: The term.
        prefixes: Namespace IRIs by prefix.

    Returns:
        The text; that of an IRI without a prefix stands in angle brackets.
    """
    if isinstance(term, NamedNode):
        return _shorten(term.value, prefixes)
    if isinstance(term, Literal):
        return term.value
    if isinstance(term, Triple):
        return f"<<( {' '.join(show_term(part, prefixes) for part in term)} )>>"
    return str(term)


def _print(table: Table) -> None:
    Console(width=None if sys.stdout.isatty() else 10_000).print(table)


def _shorten(iri: str, prefixes: Mapping[str, str]) -> str:
    for prefix, namespace in prefixes.items():
        if iri.startswith(namespace) and _LOCAL_NAME.fullmatch(iri, len(namespace)):
            return f"{prefix}:{iri[len(namespace) :]}"
    return f"<{iri}>"
