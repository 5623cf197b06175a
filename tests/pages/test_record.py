"""The description of the dataset at its well-known address: true of this server and of no other."""

import json
import re

import pytest
import rdflib
from pyoxigraph import RdfFormat, Store, parse

BASE = "https://xingtu.example"
VOID = rdflib.Namespace("http://rdfs.org/ns/void#")
DCAT = rdflib.Namespace("http://www.w3.org/ns/dcat#")
DATASET = rdflib.URIRef("https://w3id.org/xingtu/graph/dataset")
PATH = "/.well-known/void"


def read(site, path=PATH, accept="text/turtle"):
    answer = site.get(path, accept)
    assert answer.status_code == 200, answer.text
    return rdflib.Graph().parse(data=answer.data, format=answer.mimetype)


@pytest.mark.parametrize(
    "accept",
    ["text/turtle", "application/rdf+xml", "application/ld+json", "application/n-triples", ""],
)
def test_it_comes_in_formats_of_graphs(site, accept):
    answer = site.get(PATH, accept)
    assert answer.mimetype == (accept or "text/turtle")
    assert "Accept" in answer.vary
    graph = rdflib.Graph().parse(data=answer.data, format=answer.mimetype)
    assert (DATASET, rdflib.RDF.type, VOID.Dataset) in graph
    assert len(set(graph.objects(DATASET, VOID.classPartition))) > 150


def test_a_browser_is_sent_to_the_home_page(site):
    answer = site.get(PATH, "text/html,application/xhtml+xml,*/*;q=0.8")
    assert (answer.status_code, answer.headers["Location"]) == (303, BASE + "/")


def test_what_cannot_be_is_refused(client):
    assert client.get(PATH, headers={"Accept": "image/png"}).status_code == 406
    assert client.get(PATH + "?format=csv").status_code == 406


@pytest.mark.parametrize("base", [BASE, "https://host.example/space"])
def test_it_tells_the_addresses_of_this_server(make_site, packaged_store, base):
    graph = read(make_site(packaged_store, base))
    document = rdflib.URIRef(base + PATH)
    assert graph.value(document, rdflib.FOAF.primaryTopic) == DATASET
    assert str(graph.value(DATASET, VOID.sparqlEndpoint)) == base + "/sparql"
    assert str(graph.value(DATASET, VOID.dataDump)) == base + "/release/dataset.nq"
    assert str(graph.value(DATASET, DCAT.landingPage)) == base + "/"
    assert {str(o) for o in graph.objects(None, DCAT.endpointURL)} == {base + "/sparql"}
    downloads = {str(o) for o in graph.objects(None, DCAT.downloadURL)}
    assert downloads == {f"{base}/release/{n}" for n in ("dataset.nq", "xingtu.ttl", "xingtu.rdf")}


def test_names_stay_as_they_are(site, packaged_store):
    graph = read(site)
    assert str(graph.value(DATASET, VOID.uriSpace)) == "https://w3id.org/xingtu/id/"
    assert rdflib.URIRef("https://w3id.org/xingtu/id/tianwen-3") in set(
        graph.objects(DATASET, VOID.exampleResource)
    )
    wikidata = rdflib.URIRef(DATASET + "#wikidata")
    assert str(graph.value(wikidata, VOID.sparqlEndpoint)) == "https://query.wikidata.org/sparql"


def test_a_file_that_is_not_here_keeps_its_canonical_address(make_site, packaged_store):
    """A store may hold another release than the package that serves it."""
    other = Store()
    graph = "https://w3id.org/xingtu/graph/dataset"
    other.extend(
        q
        for q in packaged_store
        if getattr(q.graph_name, "value", "") == graph and "checksum" not in q.predicate.value
    )
    described = read(make_site(other))
    assert str(described.value(DATASET, VOID.sparqlEndpoint)) == BASE + "/sparql"
    assert (
        str(described.value(DATASET, VOID.dataDump)) == "https://w3id.org/xingtu/release/dataset.nq"
    )


def test_a_dataset_that_does_not_describe_itself_is_counted(make_site, store):
    graph = read(make_site(store))
    dataset = rdflib.URIRef(BASE + PATH + "#dataset")
    assert graph.value(rdflib.URIRef(BASE + PATH), rdflib.FOAF.primaryTopic) == dataset
    assert str(graph.value(dataset, VOID.sparqlEndpoint)) == BASE + "/sparql"
    triples = {q.triple for q in store}
    assert int(graph.value(dataset, VOID.triples)) == len(triples)
    mission = next(
        graph.subjects(VOID["class"], rdflib.URIRef("https://example.org/ontology/Mission"))
    )
    assert int(graph.value(mission, VOID.entities)) == 2
    properties = {
        str(graph.value(node, VOID.property))
        for node in graph.objects(dataset, VOID.propertyPartition)
    }
    assert properties == {t.predicate.value for t in triples}


def test_a_language_that_a_reader_chose_changes_nothing(site):
    assert site.get(PATH + "?lang=zh", "text/turtle").data == site.get(PATH, "text/turtle").data


def test_a_known_description_is_not_sent_again(site):
    tag = site.get(PATH, "text/turtle").headers["ETag"]
    assert site.get(PATH, "text/turtle", If_None_Match=tag).status_code == 304


def test_the_home_page_tells_search_engines_of_the_dataset(site, make_site, store):
    (text,) = re.findall(r'<script type="application/ld\+json">(.+?)</script>', site.page("/"))
    node = json.loads(text)
    assert (node["@type"], node["@id"], node["url"]) == ("Dataset", str(DATASET), BASE + "/")
    assert {name["@language"] for name in node["name"]} == {"en", "zh"}
    assert {d["contentUrl"] for d in node["distribution"]} >= {BASE + "/release/dataset.nq"}
    assert node["license"] == "https://creativecommons.org/licenses/by/4.0/"
    assert "ld+json" not in make_site(store).page("/")


def test_hash_names_of_the_description_lead_to_what_is_said_of_them(site):
    for name in ("dataset", "void", "examples"):
        answer = site.get(f"/graph/{name}", "application/n-triples")
        subjects = {q.subject.value for q in parse(answer.data, RdfFormat.N_TRIPLES)}
        assert any(s.startswith(f"https://w3id.org/xingtu/graph/{name}#") for s in subjects)
