"""Updates on a store whose default graph is the union of the others, and stays it."""

import random
from collections.abc import Iterable
from contextlib import suppress

import pytest
from pyoxigraph import BlankNode, CanonicalizationAlgorithm, Dataset, DefaultGraph, Quad, Store

from xingtu.server import errors
from xingtu.server.durable.union import remove_scratch
from xingtu.server.durable.writer import Write, write
from xingtu.server.engine.tasks import DropGraph, Update, WriteGraph

BASE = "http://localhost/"
DEFAULT = "<https://w3id.org/xingtu/graph/default>"


def update(store: Store, text: str) -> None:
    write(store, Update(text, BASE))


def named(store: Store) -> list[Quad]:
    """Give the quads of the named graphs; the default graph must be their union."""
    quads = [quad for quad in store if quad.graph_name != DefaultGraph()]
    union = {quad.triple for quad in store if quad.graph_name == DefaultGraph()}
    assert union == {quad.triple for quad in quads}
    return quads


def canonical(quads: Iterable[Quad]) -> Dataset:
    dataset = Dataset(quads)
    dataset.canonicalize(CanonicalizationAlgorithm.UNSTABLE)
    return dataset


START = "INSERT DATA { <u:a> <u:p> 1 . GRAPH <u:g> { <u:a> <u:p> 1, 2 } GRAPH <u:h> { <u:a> <u:p> 2, 3 } }"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # What is written without a graph goes to the default graph; WHERE sees the union.
        ("INSERT { ?s <u:q> ?o } WHERE { ?s <u:p> ?o }", "{D p1 q1 q2 q3} {g p1 p2} {h p2 p3}"),
        ("DELETE { ?s ?p ?o } WHERE { ?s ?p ?o }", "{g p1 p2} {h p2 p3}"),
        ("DELETE WHERE { ?s ?p ?o }", "{g p1 p2} {h p2 p3}"),
        ("DELETE WHERE { GRAPH ?g { ?s ?p ?o } }", ""),
        ("DELETE DATA { <u:a> <u:p> 1, 2 }", "{g p1 p2} {h p2 p3}"),
        ("DELETE DATA { GRAPH <u:g> { <u:a> <u:p> 1, 2 } }", "{D p1} {h p2 p3}"),
        ("WITH <u:g> DELETE { ?s ?p ?o } INSERT { ?s <u:q> ?o } WHERE { ?s ?p ?o }", "{D p1} {g q1 q2} {h p2 p3}"),
        ("INSERT { ?s <u:q> ?o } USING <u:h> WHERE { ?s ?p ?o }", "{D p1 q2 q3} {g p1 p2} {h p2 p3}"),
        ("INSERT { ?s <u:q> ?o } USING NAMED <u:h> WHERE { ?s ?p ?o }", "{D p1} {g p1 p2} {h p2 p3}"),
        ("INSERT { GRAPH ?none { <u:a> <u:q> 1 } } WHERE { ?s ?p ?o }", "{D p1} {g p1 p2} {h p2 p3}"),
        ("INSERT DATA { <u:a> <u:q> 1 }; DELETE { ?s <u:q> 1 } INSERT { ?s <u:q> 2 } WHERE { ?s <u:q> 1 }", "{D p1 q2} {g p1 p2} {h p2 p3}"),
        # Whole graphs.
        ("CLEAR DEFAULT", "{g p1 p2} {h p2 p3}"),
        ("DROP NAMED", "{D p1}"),
        ("CLEAR GRAPH <u:g>", "{D p1} {h p2 p3}"),
        (f"DROP GRAPH {DEFAULT}", "{g p1 p2} {h p2 p3}"),
        ("DROP ALL", ""),
        ("ADD DEFAULT TO <u:h>", "{D p1} {g p1 p2} {h p1 p2 p3}"),
        ("COPY <u:g> TO DEFAULT", "{D p1 p2} {g p1 p2} {h p2 p3}"),
        ("MOVE GRAPH <u:h> TO <u:g>", "{D p1} {g p2 p3}"),
        ("MOVE DEFAULT TO <u:h>; MOVE DEFAULT TO <u:g>", "{h p1}"),
        ("PREFIX : <u:> MOVE <u:h> TO :h; COPY DEFAULT TO DEFAULT", "{D p1} {g p1 p2} {h p2 p3}"),
        # Texts that are hard to take apart.
        ("prefix u:<u:>delete{?s ?p ?o}#}\ninsert{graph<u:h>{?s u:q'}{'}}where{?s ?p ?o filter(?o<2&&\"\"\"\"}\"\"\"!='')}", "{g p1 p2} {h p2 p3 q}{}"),
        ("PREFIX u: <u:> CLEAR ALL; PREFIX v: <u:> INSERT DATA { v:a u:p 1 };\n# end", "{D p1}"),
        ("", "{D p1} {g p1 p2} {h p2 p3}"),
    ],
)  # fmt: skip
def test_update_is_done_on_the_named_graphs(text: str, expected: str) -> None:
    store = Store()
    update(store, START)
    update(store, text)
    found: dict[str, list[str]] = {}
    for quad in sorted(named(store), key=str):
        graph = str(quad.graph_name)[3:-1] if str(quad.graph_name) != DEFAULT else "D"
        found.setdefault(graph, []).append(f"{quad.predicate.value[2:]}{quad.object.value}")
    written = " ".join(f"{{{graph} {' '.join(found[graph])}}}" for graph in sorted(found))
    assert written == expected


@pytest.mark.parametrize(
    "data",
    [
        "<u:a> <u:p> [ <u:q> _:x ] . GRAPH <u:g> { _:x <u:p> ( 1 _:x [] ) }",
        "GRAPH <u:g> { <u:a> <u:p> <u:b> {| <u:q> [ <u:r> 1 ] |}, <u:c> ~ _:r }",
        "<u:a> <u:p> <<( <u:a> <u:p> <<( _:x <u:p> 'x'@ar--rtl )>> )>> . << _:x <u:p> 1 >> <u:q> 2 .",
        r"""<u:a> <u:p> "\\u0041\u0041\"'}", '''a"b'c''', "<u:b>"@en, 1.50 . <\u0075:c> <u:p> "?x" .""",
    ],
)  # fmt: skip
def test_data_is_what_pyoxigraph_reads(data: str) -> None:
    store, other = Store(), Store()
    update(store, f"INSERT DATA {{ {data} }}")
    other.update(f"INSERT DATA {{ {data} }}")
    other.update(f"MOVE DEFAULT TO {DEFAULT}")
    assert canonical(named(store)) == canonical(other)
    update(store, f"INSERT {{ {data.replace('<u:a>', '?a')} }} WHERE {{ VALUES ?a {{ <u:a> }} }}")
    assert len(named(store)) >= len(other)


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [
        ("INSERT DATA { <u:a> <u:p> }", 1, 27),
        ("PREFIX u: <u:> INSERT DATA { u:a u:p }", 1, 38),
        ("PREFIX u: <u:>\nCLEAR ALL;\nPREFIX v: <v:> INSERT DATA { u:a v:p }", 3, 38),
        ("PREFIX u <u:> CLEAR ALL", 1, 9),
        ("PREFIX u: <a b> CLEAR ALL", 1, 16),
        ("DELETE { <u:a> <u:p> _:b } WHERE {}", 1, 31),
        ("INSERT DATA { _:b <u:p> 1 }; INSERT DATA { _:b <u:p> 1 }", None, None),
        ("CLEARALL", 1, 1),
    ],
)
def test_malformed_update_is_refused_where_it_is_wrong(
    text: str, line: int | None, column: int | None
) -> None:
    store = Store()
    with pytest.raises(errors.MalformedQuery) as caught:
        update(store, text)
    assert (caught.value.line, caught.value.column) == (line, column)
    assert len(store) == 0


@pytest.mark.parametrize(
    "text",
    [
        "PREFIX u: <u:> CLEAR ALL; PREFIX u: <v:> CLEAR GRAPH u:g",
        "INSERT DATA { <a> <b> <c> }; BASE <http://elsewhere/> INSERT DATA { <a> <b> <c> }",
    ],
)
def test_declaration_that_changes_is_refused(text: str) -> None:
    with pytest.raises(errors.RefusedOperation, match="between its operations"):
        update(Store(), text)


class Crash(BaseException):
    """The end of a process."""


class Doomed:
    """A store whose process ends behind so many of its writes."""

    def __init__(self, store: Store, writes: int) -> None:
        self.store = store
        self.writes = writes

    def __getattr__(self, name: str) -> object:
        if name in {"extend", "bulk_extend", "update", "add_graph", "remove_graph", "clear_graph"}:
            if self.writes == 0:
                raise Crash
            self.writes -= 1
        return getattr(self.store, name)


@pytest.mark.parametrize("writes", range(4))
@pytest.mark.parametrize(
    "task",
    [
        Update("CLEAR ALL; INSERT DATA { <u:a> <u:p> [] }", BASE),
        WriteGraph("u:g", ((b"<u:a> <u:p> 1, 3, [] .", "text/turtle"),), BASE, replace=True),
        WriteGraph("u:g", ((b"<u:b> <u:p> 3, [] .", "text/turtle"),), BASE, replace=True),
        WriteGraph("u:new", ((b"<u:a> <u:p> [] .", "text/turtle"),) * 2, BASE, replace=True),
        WriteGraph("u:g", ((b"<u:a> <u:p> [] .", "text/turtle"),) * 2, BASE, replace=False),
        DropGraph("u:g"),
    ],
)
def test_crash_between_two_writes_leaves_all_or_nothing(task: Write, writes: int) -> None:
    stores = [Store(), Store(), Store()]
    for store in stores:
        update(store, START)
        update(store, "INSERT DATA { GRAPH <u:g> { _:b <u:p> 2 } }")
    write(stores[1], task)
    with suppress(Crash):
        write(Doomed(stores[2], writes), task)  # type: ignore[arg-type]
    remove_scratch(stores[2])
    before, after, found = (canonical(named(store)) for store in stores)
    assert found in ([before, after] if writes < 3 else [after])


class Scribe:
    """Writes random updates twice: for our store, and for one with all graphs named and no union.

    The second says the same in full, so that pyoxigraph does as it is what we translate.
    """

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)

    def pick(self, *choices: str) -> str:
        return self.chance.choice(choices)

    def term(self, free: bool) -> str:
        return self.pick("<u:a>", "<u:b>", *(["?x", "?y"] if free else []))

    def triples(self, free: bool, blank: bool) -> str:
        new = ["_:n", f"[ <u:p> {self.term(free)} ]"] if blank else []
        other = self.pick("1", "'}'", f"<<( <u:a> <u:p> {self.term(free)} )>>", *new)
        object_ = self.pick(self.term(free), self.term(free), other)
        return f"{self.term(free)} <u:{self.pick('p', 'q')}> {object_} ."

    def quads(self, *, free: bool, blank: bool, default: str = DEFAULT) -> tuple[str, str]:
        ours = theirs = ""
        for _ in range(self.chance.randint(1, 3)):
            triples = self.triples(free, blank)
            graph = self.pick("", "<u:g>", "<u:h>", DEFAULT, *(["?g"] if free else []))
            ours += f" GRAPH {graph} {{ {triples} }}" if graph else f" {triples}"
            theirs += f" GRAPH {graph or default} {{ {triples} }}"
        return ours, theirs

    def operation(self) -> tuple[str, str]:
        return self.chance.choice([self.data, self.data, self.modify, self.modify, self.graphs])()

    def data(self) -> tuple[str, str]:
        verb = self.pick("INSERT", "INSERT", "DELETE")
        ours, theirs = self.quads(free=False, blank=verb == "INSERT")
        return f"{verb} DATA {{ {ours} }}", f"{verb} DATA {{ {theirs} }}"

    def modify(self) -> tuple[str, str]:
        graph, using = self.pick("", "", "<u:g>"), self.pick("", "", "<u:h>")
        delete = self.quads(free=True, blank=False, default=graph or DEFAULT)
        insert = self.quads(free=True, blank=True, default=graph or DEFAULT)
        chosen = self.pick("DELETE", "INSERT", "DELETE INSERT").split()
        pattern = f"?x <u:{self.pick('p', 'q')}> ?y"
        union = f"{{ SELECT DISTINCT ?x ?y {{ GRAPH {graph or '?any'} {{ {pattern} }} }} }}"
        wheres = [pattern, pattern if using else union]
        texts = []
        for place in range(2):
            clauses = {"DELETE": delete[place], "INSERT": insert[place]}
            text = f"WITH {graph} " if graph else ""
            text += " ".join(f"{verb} {{ {clauses[verb]} }}" for verb in chosen)
            text += f" USING {using} USING NAMED <u:g>" if using else ""
            texts.append(
                f"{text} WHERE {{ {wheres[place]} OPTIONAL {{ GRAPH ?g {{ ?y ?z ?x }} }} }}"
            )
        return texts[0], texts[1]

    def graphs(self) -> tuple[str, str]:
        verb = self.pick("CLEAR", "DROP", "CREATE", "ADD", "MOVE", "COPY")
        if verb in {"ADD", "MOVE", "COPY"}:
            ours = (
                f"{verb} SILENT {self.pick('DEFAULT', '<u:g>')} TO {self.pick('DEFAULT', '<u:h>')}"
            )
            return ours, ours.replace("DEFAULT", DEFAULT)
        graph = self.pick("<u:g>", "<u:h>", DEFAULT)
        if verb != "CREATE" and graph == DEFAULT:
            return f"{verb} DEFAULT", f"DROP SILENT GRAPH {DEFAULT}"
        return (f"{verb} SILENT GRAPH {graph}",) * 2


@pytest.mark.parametrize("seed", range(40))
def test_random_updates_do_what_pyoxigraph_does(seed: int) -> None:
    scribe, ours, theirs = Scribe(seed), Store(), Store()
    for _ in range(30):
        operations = [scribe.operation() for _ in range(scribe.chance.randint(1, 2))]
        texts = [" ;\n".join(texts) for texts in zip(*operations, strict=True)]
        if texts[0].count("_:n") > 1:
            continue  # one label in two operations is an error
        update(ours, texts[0])
        theirs.update(texts[1])
        quads = named(ours)
        if sum(isinstance(quad.subject, BlankNode) for quad in quads) > 30:
            update(ours, "CLEAR ALL")
            theirs.update("CLEAR ALL")
        else:
            assert canonical(quads) == canonical(theirs), texts[0]
