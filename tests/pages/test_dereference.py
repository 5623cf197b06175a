"""IRIs answer: with the right status, to the right place, in the right format."""

import pytest
import rdflib
from pyoxigraph import RdfFormat, Store, parse

ID = "https://w3id.org/xingtu/id/"
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8"
PROTEGE = (
    "application/rdf+xml, application/xml; q=0.7, text/xml; q=0.6, text/plain; q=0.1, */*; q=0.09"
)
RDFLIB = "text/turtle, application/rdf+xml;q=0.9, application/n-triples;q=0.9, application/ld+json;q=0.9, application/xhtml+xml;q=0.5"


@pytest.mark.parametrize(
    ("accept", "location"),
    [
        (BROWSER, "/page/tianwen-3"),
        ("text/html", "/page/tianwen-3"),
        ("text/turtle", "/data/tianwen-3"),
        (PROTEGE, "/data/tianwen-3"),
        (RDFLIB, "/data/tianwen-3"),
        ("application/ld+json", "/data/tianwen-3"),
        ("*/*", "/data/tianwen-3"),
        ("", "/data/tianwen-3"),
        ("text/html;q=0.5, text/turtle", "/data/tianwen-3"),
        ("image/png", "/data/tianwen-3"),
    ],
)
def test_a_thing_sends_the_client_on(site, accept, location):
    answer = site.get("/id/tianwen-3", accept)
    assert answer.status_code == 303
    assert answer.headers["Location"] == "https://xingtu.example" + location
    assert "Accept" in answer.vary


@pytest.mark.parametrize(
    ("path", "accept", "content_type"),
    [
        ("/data/tianwen-3", "text/turtle", "text/turtle"),
        ("/data/tianwen-3", "", "text/turtle"),
        ("/data/tianwen-3", PROTEGE, "application/rdf+xml"),
        ("/data/tianwen-3", BROWSER, "application/rdf+xml"),
        ("/data/tianwen-3.ttl", "application/ld+json", "text/turtle"),
        ("/data/tianwen-3.nt", BROWSER, "application/n-triples"),
        ("/data/tianwen-3.rdf", "", "application/rdf+xml"),
        ("/data/tianwen-3.jsonld", "", "application/ld+json"),
        ("/data/tianwen-3.trig", "", "application/trig"),
        ("/data/tianwen-3.nq", "", "application/n-quads"),
        ("/data/tianwen-3?format=nt", "", "application/n-triples"),
        ("/ontology", "text/turtle", "text/turtle"),
        ("/ontology", PROTEGE, "application/rdf+xml"),
        ("/ontology", BROWSER, "text/html"),
        ("/ontology.ttl", "", "text/turtle"),
        ("/ontology.rdf", BROWSER, "application/rdf+xml"),
        ("/ontology/Mission", "text/turtle", "text/turtle"),
        ("/ontology/Mission", BROWSER, "text/html"),
        ("/ontology/Mission.jsonld", BROWSER, "application/ld+json"),
        ("/graph/entities", BROWSER, "text/html"),
        ("/graph/entities", "text/turtle", "text/turtle"),
        ("/graph/entities.nt", BROWSER, "application/n-triples"),
    ],
)
def test_data_comes_in_the_format_that_is_asked_for(site, path, accept, content_type):
    answer = site.get(path, accept)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].partition(";")[0] == content_type


def test_what_no_format_of_ours_meets_is_not_acceptable(make_site, packaged_store):
    from xingtu.server import problems

    site = make_site(packaged_store)
    problems.register_problems(site.client.application)
    assert site.get("/data/tianwen-3", "image/png").status_code == 406


def test_links_name_the_canonical_iri_and_every_alternate(site):
    for path in ("/id/tianwen-3", "/page/tianwen-3", "/data/tianwen-3.ttl"):
        links = site.get(path).headers.getlist("Link")
        assert f'<{ID}tianwen-3>; rel="canonical"' in links
        assert '<https://xingtu.example/page/tianwen-3>; rel="alternate"; type="text/html"' in links
        assert (
            '<https://xingtu.example/data/tianwen-3.ttl>; rel="alternate"; type="text/turtle"'
            in links
        )
        assert (
            '<https://xingtu.example/data/tianwen-3.rdf>; rel="alternate"; type="application/rdf+xml"'
            in links
        )
    assert '<https://w3id.org/xingtu/ontology>; rel="canonical"' in site.get(
        "/ontology"
    ).headers.getlist("Link")


def test_the_host_header_is_never_repeated(site):
    for path in (
        "/id/tianwen-3",
        "/page/tianwen-3",
        "/",
        "/ontology",
        "/page/nothing",
        "/opensearch.xml",
    ):
        answer = site.get(path, Host="evil.example", X_Forwarded_Host="evil.example")
        assert "evil.example" not in str(answer.headers) + answer.text


def test_a_base_with_a_path_is_kept(make_site, packaged_store):
    site = make_site(packaged_store, "https://example.org/kg")
    answer = site.client.get(
        "/id/tianwen-3", headers={"Accept": "text/html"}, base_url="http://localhost/kg"
    )
    assert answer.headers["Location"] == "https://example.org/kg/page/tianwen-3"
    page = site.client.get("/page/tianwen-3", base_url="http://localhost/kg").text
    assert 'href="/kg/ontology/status"' in page and 'href="/kg/query#query=' in page


@pytest.mark.parametrize("suffix", ["ttl", "rdf", "jsonld", "nt"])
def test_rdflib_reads_the_data(site, suffix):
    body = site.get(f"/data/tianwen-3-launch.{suffix}").data
    names = {"ttl": "turtle", "rdf": "xml", "jsonld": "json-ld", "nt": "nt"}
    graph = rdflib.Graph().parse(data=body, format=names[suffix])
    xt = rdflib.Namespace("https://w3id.org/xingtu/ontology#")
    launch = rdflib.URIRef(ID + "tianwen-3-launch")
    assert graph.value(launch, xt.plannedWhen) == rdflib.Literal("2028")
    claims = set(graph.subjects(xt.subject, launch))
    assert claims and all(
        graph.value(graph.value(claim, xt.evidence), xt.start) for claim in claims
    )


def test_the_served_ontology_imports_nothing_and_has_every_term(site):
    from xingtu.server.pages.vocabulary import read_vocabulary

    graph = rdflib.Graph().parse(data=site.get("/ontology.rdf").data, format="xml")
    owl = rdflib.OWL
    assert [*graph.subjects(rdflib.RDF.type, owl.Ontology)] == [
        rdflib.URIRef("https://w3id.org/xingtu/ontology")
    ]
    assert not [*graph.objects(None, owl.imports)]
    assert {str(s) for s in graph.subjects()} >= set(read_vocabulary())


def test_a_term_comes_with_the_blank_nodes_of_its_definition(site):
    data = site.get("/ontology/MarsMission.ttl").data
    triples = [*parse(data, RdfFormat.TURTLE)]
    assert any("someValuesFrom" in str(quad.predicate) for quad in triples)


@pytest.mark.parametrize("name", ["core", "claims", "0.1.0"])
def test_a_module_or_version_of_the_ontology_leads_to_the_whole(site, name):
    answer = site.get(f"/ontology/{name}")
    assert (answer.status_code, answer.headers["Location"]) == (
        303,
        "https://xingtu.example/ontology",
    )


GONE = f"""
<{ID}old> <http://purl.org/dc/terms/isReplacedBy> <{ID}new> .
<{ID}away> <http://purl.org/dc/terms/isReplacedBy> <https://evil.example/> .
<{ID}away> <http://www.w3.org/2000/01/rdf-schema#label> "moved elsewhere"@en .
<{ID}dead> <http://www.w3.org/2002/07/owl#deprecated> "true"^^<http://www.w3.org/2001/XMLSchema#boolean> .
<{ID}dead> <http://www.w3.org/2000/01/rdf-schema#comment> "It was never launched."@en .
<{ID}new> <http://www.w3.org/2000/01/rdf-schema#label> "new thing"@en .
"""


@pytest.fixture(scope="module")
def changed(make_site):
    store = Store()
    store.load(GONE.encode(), format=RdfFormat.N_TRIPLES)
    return make_site(store)


@pytest.mark.parametrize(
    ("path", "status", "location"),
    [
        ("/id/old", 301, "https://xingtu.example/id/new"),
        ("/page/old", 301, "https://xingtu.example/page/new"),
        ("/data/old.ttl", 301, "https://xingtu.example/data/new.ttl"),
        ("/page/away", 200, None),
        ("/id/dead", 410, None),
        ("/page/dead", 410, None),
        ("/data/dead.ttl", 410, None),
        ("/id/never", 404, None),
        ("/page/never", 404, None),
        ("/data/never.ttl", 404, None),
        ("/id/a%20b%3E", 404, None),
        ("/graph/never", 404, None),
        ("/ontology/Never", 404, None),
        ("/ontology.never", 404, None),
        ("/browse/Never", 404, None),
        ("/never", 404, None),
    ],
)
@pytest.mark.parametrize("accept", ["text/html", "text/turtle"])
def test_merged_withdrawn_and_unknown(changed, path, status, location, accept):
    answer = changed.get(path, accept)
    assert (answer.status_code, answer.headers.get("Location")) == (status, location)
    if status in {404, 410}:
        page = accept == "text/html" or path.startswith("/page")
        assert answer.mimetype == ("text/html" if page else "application/problem+json")
        assert "Accept" in answer.vary


def test_a_withdrawn_thing_says_why(changed):
    assert "It was never launched." in changed.get("/page/dead").text
    assert "It was never launched." in changed.get("/id/dead", "text/turtle").json["detail"]


@pytest.mark.parametrize(
    ("slug", "suggested"),
    [
        ("tianwen-5", "tianwen-3"),
        ("tianwen3", "tianwen-3"),
        ("chang-e6", "chang-e-6"),
        ("long-march-10", "long-march-10a"),
        ("liu-zhen", "liu-zheng"),
    ],
)
def test_an_unknown_thing_suggests_others(site, slug, suggested):
    page = site.get(f"/page/{slug}")
    assert page.status_code == 404 and f'href="/page/{suggested}"' in page.text
    problem = site.get(f"/data/{slug}", "text/turtle").json
    assert f"{ID}{suggested}" in problem["detail"]
