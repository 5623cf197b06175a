"""Reading the rows of an answer."""

from pyoxigraph import Literal, NamedNode

from xingtu.server.pages.asking import Row


def value_of(row: Row, name: str) -> str:
    """Give the IRI or the lexical form that a variable is bound to, or the empty string."""
    term = row.get(name)
    return term.value if isinstance(term, NamedNode | Literal) else ""
