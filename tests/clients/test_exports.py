"""The libraries of each format read what `xingtu export` writes."""

from collections import Counter
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import pyoxigraph as ox
import pytest
from click.testing import CliRunner

from xingtu.server.cli import main
from xingtu.server.exporting import gather
from xingtu.triples import iri
from xingtu.triples.exports.nanopublications import NP

pytestmark = [pytest.mark.clients, pytest.mark.filterwarnings("ignore")]


def export(name: str, path: Path) -> Path:
    result = CliRunner().invoke(main, ["export", name, "--out", str(path)])
    assert result.exit_code == 0, result.output
    return path


def test_nanopub_finds_each_valid_and_its_name_right(tmp_path: Path) -> None:
    """Of the library `nanopub`: its validity, and the trusty URI as its own code makes it."""
    rdflib, nanopub = pytest.importorskip("rdflib"), pytest.importorskip("nanopub")
    from nanopub.trustyuri.rdf.RdfHasher import make_hash

    whole = rdflib.Dataset()
    whole.parse(export("nanopublications", tmp_path / "all.trig"), format="trig")
    heads = [graph for graph in whole.graphs() if str(graph.identifier).endswith("#Head")]
    some = sorted(heads, key=lambda graph: graph.identifier)[::10]  # it takes 0.1 s for each
    assert len(some) >= 190
    for head in some:
        node = str(head.identifier).removesuffix("#Head")
        one = rdflib.Dataset()
        for part in ("Head", "assertion", "provenance", "pubinfo"):
            name = rdflib.URIRef(f"{node}#{part}")
            one.addN((*triple, one.graph(name)) for triple in whole.graph(name))
        assert nanopub.Nanopub(rdf=one).is_valid, node
        code = node.removeprefix(iri.NANOPUBLICATION)
        quads = [(rdflib.URIRef(str(c)), s, p, o) for s, p, o, c in one.quads()]
        assert make_hash(quads, code) == code, node
        assert (rdflib.URIRef(node), rdflib.RDF.type, rdflib.URIRef(NP + "Nanopublication")) in head


def test_followthemoney_makes_clean_entities_of_the_statements(tmp_path: Path) -> None:
    pytest.importorskip("followthemoney")
    from followthemoney import model
    from followthemoney.dataset import Dataset
    from followthemoney.statement.entity import StatementEntity
    from followthemoney.statement.serialize import CSV_COLUMNS, read_path_statements

    path = export("followthemoney", tmp_path / "statements.csv")
    assert path.read_text("utf-8").splitlines()[0] == ",".join(f'"{name}"' for name in CSV_COLUMNS)
    statements: dict[str, list] = {}
    for statement in read_path_statements(path, "csv"):
        assert statement.id == statement.generate_key()
        statements.setdefault(statement.entity_id, []).append(statement)
    dataset = Dataset.make({"name": "xingtu", "title": "Xingtu"})
    entities = {
        name: StatementEntity.from_statements(dataset, rows) for name, rows in statements.items()
    }
    for name, entity in entities.items():
        entity.schema.validate({"properties": entity.properties})
        for prop, value in entity.itervalues():
            proxy = model.get_proxy({"id": name, "schema": entity.schema.name, "properties": {}})
            assert prop.type.clean(value, proxy=proxy) == value, (name, prop.name, value)
            if prop.type.name == "entity":
                assert entities[value].schema.is_a(prop.range), (name, prop.name, value)
    schemata = Counter(entity.schema.name for entity in entities.values())
    assert len(entities) >= 270 and schemata["Person"] >= 20 and schemata["Occupancy"] >= 20


def test_csvw_reads_tables_that_give_back_the_graph(tmp_path: Path) -> None:
    """What is stated of things, and nothing else, is the RDF of the tables (csv2rdf §4)."""
    reader = pytest.importorskip("csvw")
    group = reader.TableGroup.from_file(export("csvw", tmp_path / "tables") / "csv-metadata.json")
    assert len(group.tables) >= 25
    group.check_referential_integrity()
    triples = set()
    for table in group.tables:
        assert table.check_primary_key()
        for row in table.iterdicts(strict=True):
            triples |= set(convert_row(table.tableSchema, row))
    expected = {
        (thing.iri.value, predicate, comparable(value))
        for thing in gather(()).things.values()
        for predicate, values in thing.values.items()
        for value in values
    }
    assert len(expected) >= 25_000
    assert triples == expected


def convert_row(schema, row):
    """Yield the triples of a row, in the minimal mode (csv2rdf §4.4)."""
    texts = {name: getattr(value, "unsplit", lambda v=value: v)() for name, value in row.items()}
    subject = schema.inherit("aboutUrl").expand(**texts)
    for column in schema.columns:
        value = texts[column.header]
        if column.suppressOutput or value in (None, []):
            continue
        predicate = column.inherit("propertyUrl").expand(**texts)
        if template := column.inherit("valueUrl"):
            yield subject, predicate, ("iri", template.expand(**texts))
            continue
        language, datatype = column.inherit("lang"), column.inherit("datatype")
        for item in value if isinstance(value, list) else [value]:
            yield subject, predicate, (language if language != "und" else datatype.base, item)


def comparable(value):
    """Return a term as a pair of its kind and its value, as the reader gives it."""
    if isinstance(value, ox.NamedNode):
        return "iri", value.value
    name = value.datatype.value.rpartition("#")[2]
    read = {"dateTime": datetime.fromisoformat, "decimal": Decimal, "boolean": "true".__eq__}
    read |= {"integer": int, "nonNegativeInteger": int}
    return value.language or name, read.get(name, str)(value.value)


def test_igraph_reads_the_graph(tmp_path: Path) -> None:
    igraph = pytest.importorskip("igraph")
    graph = igraph.Graph.Read_GraphML(str(export("graphml", tmp_path / "graph.graphml")))
    assert graph.is_directed() and graph.vcount() >= 1100 and graph.ecount() >= 1300
    launch = graph.vs.find(id="tianwen-3-launch")
    vehicles = {
        graph.vs[edge.target]["id"]: edge["standing"]
        for edge in launch.out_edges()
        if edge["property"] == "launchVehicle"
    }
    assert vehicles == {"long-march-5": "plan"}
