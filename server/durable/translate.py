"""SPARQL updates that keep the default graph the union of the others (see `union.py`).

What an update writes without a graph goes to the graph `DEFAULT_GRAPH`; its WHERE clauses see the
union, as queries do. pyoxigraph does not tell what an update changes, so the update itself is made
to write it down: each operation is followed by others that mend the union.
"""

from typing import Final

from xingtu.server.durable.request import Request, read_request
from xingtu.server.durable.templates import Pattern, expand, in_graphs, in_none
from xingtu.server.durable.tokens import Tokens
from xingtu.server.durable.union import SCRATCH, add_to_union, remove_orphans
from xingtu.server.engine.dataset import DEFAULT_GRAPH

_DEFAULT: Final = str(DEFAULT_GRAPH)
_TOUCHED: Final = str(SCRATCH)
_DROP_TOUCHED: Final = f"DROP SILENT GRAPH {_TOUCHED}"
_VERBS: Final = (
    "LOAD",
    "CLEAR",
    "DROP",
    "CREATE",
    "ADD",
    "MOVE",
    "COPY",
    "WITH",
    "INSERT",
    "DELETE",
)


def translate(text: str, base_iri: str | None = None) -> str:
    """Translate a request of updates.

    Args:
        text: The request, as it is for a store with a default graph of its own.
        base_iri: The IRI against which its relative IRIs are resolved.

    Returns:
        The request to give to a store whose default graph is the union.

    Raises:
        MalformedQuery: if it does not parse.
        RefusedOperation: if a declaration behind an operation changes one before.
    """
    request = read_request(text, base_iri)
    return request.prologue + ";\n".join(_Translation(request, base_iri).operations())


class _Translation:
    """One request being translated."""

    def __init__(self, request: Request, base_iri: str | None) -> None:
        self._tokens = Tokens(request.body)
        self._prologue = request.prologue
        self._base_iri = base_iri

    def operations(self) -> list[str]:
        """Translate all (SPARQL 1.1 Update §3)."""
        operations: list[str] = []
        while self._tokens.next.text:
            if self._tokens.take_if(";"):
                continue
            operations += self._operation()
            if self._tokens.next.text:
                self._tokens.expect(";")
        return operations

    def _operation(self) -> list[str]:
        tokens = self._tokens
        match tokens.expect(*_VERBS):
            case "LOAD":
                return self._load()
            case "CLEAR" | "DROP" as verb:
                return self._clear(verb)
            case "CREATE":
                silent = tokens.take_if("SILENT")
                tokens.expect("GRAPH")
                return [f"CREATE {silent} GRAPH {tokens.take_name()}"]
            case "WITH":
                graph = tokens.take_name()
                return self._modify(tokens.expect("INSERT", "DELETE"), graph)
            case "INSERT" | "DELETE" as verb:
                return self._data(verb) if tokens.take_if("DATA") else self._modify(verb)
            case verb:
                return self._copy(verb)

    def _load(self) -> list[str]:
        tokens = self._tokens
        silent, source, graph = tokens.take_if("SILENT"), tokens.take_name(), _DEFAULT
        if tokens.take_if("INTO"):
            tokens.expect("GRAPH")
            graph = tokens.take_name()
        return [f"LOAD {silent} {source} INTO GRAPH {graph}", add_to_union(graph)]

    def _clear(self, verb: str) -> list[str]:
        silent = self._tokens.take_if("SILENT")
        match self._tokens.expect("GRAPH", "DEFAULT", "NAMED", "ALL"):
            case "GRAPH":
                graph = self._tokens.take_name()
                return [remove_orphans(graph), f"{verb} {silent} GRAPH {graph}"]
            case "DEFAULT":
                return [remove_orphans(_DEFAULT), f"DROP SILENT GRAPH {_DEFAULT}"]
            case "NAMED":  # what remains is at the same time the union
                saved = ["CLEAR DEFAULT", f"ADD {_DEFAULT} TO DEFAULT"]
                return [*saved, f"{verb} NAMED", f"ADD DEFAULT TO {_DEFAULT}"]
        return [f"{verb} ALL"]

    def _copy(self, verb: str) -> list[str]:
        silent = self._tokens.take_if("SILENT")
        source = self._graph_or_default()
        self._tokens.expect("TO")
        target = self._graph_or_default()
        if source == _DEFAULT:  # a default graph is always there
            silent = "SILENT"
        operation = f"{verb} {silent} GRAPH {source} TO GRAPH {target}"
        if verb == "ADD":
            return [operation]
        return [remove_orphans(target, f"FILTER ({source} != {target})"), operation]

    def _graph_or_default(self) -> str:
        if self._tokens.take_if("DEFAULT"):
            return _DEFAULT
        self._tokens.take_if("GRAPH")
        return self._tokens.take_name()

    def _data(self, verb: str) -> list[str]:
        quads = self._template(self._tokens.take_group())
        if not quads:
            return []
        if verb == "INSERT":
            return [f"INSERT DATA {{ {in_graphs(quads, _DEFAULT)} {in_none(quads)} }}"]
        return [
            f"DELETE DATA {{ {in_graphs(quads, _DEFAULT)} }}",
            f"INSERT DATA {{ GRAPH {_TOUCHED} {{ {in_none(quads)} }} }}",
            remove_orphans(_TOUCHED),
            _DROP_TOUCHED,
        ]

    def _modify(self, verb: str, graph: str = "") -> list[str]:
        tokens = self._tokens
        delete = insert = using = ""
        if verb == "DELETE" and tokens.take_if("WHERE"):
            delete = where = tokens.take_group()
        else:
            if verb == "DELETE":
                delete = tokens.take_group()
            if verb == "INSERT" or tokens.take_if("INSERT"):
                insert = tokens.take_group()
            while tokens.take_if("USING"):
                using += f"USING {tokens.take_if('NAMED')} {tokens.take_name()} "
            tokens.expect("WHERE")
            where = tokens.take_group()
        deleted, inserted = self._template(delete), self._template(insert)
        return _write_modify(graph, deleted, inserted, f"{using} WHERE {where}")

    def _template(self, group: str) -> list[Pattern]:
        return expand(group, self._prologue, self._base_iri) if group else []


def _write_modify(
    graph: str, deleted: list[Pattern], inserted: list[Pattern], where: str
) -> list[str]:
    default = graph or _DEFAULT
    quads = in_graphs(inserted, default)
    certain = not any(pattern.graph.startswith("?") for pattern in inserted)
    if certain and not deleted and not graph:
        return [f"INSERT {{ {quads} {in_none(inserted)} }} {where}"]
    touched = f"GRAPH {_TOUCHED} {{ {in_none([*deleted, *inserted])} }}"
    return [
        f"{'WITH ' + graph if graph else ''} DELETE {{ {in_graphs(deleted, default)} }} "
        f"INSERT {{ {quads} {touched} }} {where}",
        add_to_union(_TOUCHED),
        remove_orphans(_TOUCHED),
        _DROP_TOUCHED,
    ]
