"""Whatever is sent, the answer is right or a problem document, and nothing of it becomes markup."""

import json
import re

import pytest

BAD = "</script><script>alert(1)</script><img src=x onerror=alert(1)>{{7*7}}"


def problem(answer, status):
    assert answer.status_code == status, answer.text
    assert answer.content_type == "application/problem+json"
    document = json.loads(answer.text)
    assert document["status"] == status
    assert "<" not in document["detail"]
    return document["detail"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        '"x"',
        "3",
        "null",
        "{'q0': 1}",
        '{"q0": NaN}',
        "[" * 100_000,
        '{"q":' * 20_000,
        "1" * 5000,
    ],
    ids=lambda text: text[:12],
)
@pytest.mark.parametrize("element", ["queries", "extend"])
def test_what_is_no_batch_is_a_bad_request(service, element, text):
    problem(service.client.post("/reconcile", data={element: text}), 400)
    for path in ("/reconcile/v1/match", "/reconcile/v1/extend"):
        problem(service.client.post(path, data=text, content_type="application/json"), 400)


@pytest.mark.parametrize(
    "entry",
    [
        None, 5, "Tianwen-3", [], {},
        {"query": 5}, {"query": None}, {"query": ["Tianwen-3"]}, {"query": "x" * 501}, {"query": "\ud800"},
        {"query": "Mars", "limit": 0}, {"query": "Mars", "limit": -1}, {"query": "Mars", "limit": "5"}, {"query": "Mars", "limit": True},
        {"query": "Mars", "type": 5}, {"query": "Mars", "type": [5]}, {"query": "Mars", "type": {"id": "Place"}},
        {"query": "Mars", "type_strict": "never"}, {"query": "Mars", "type_strict": ["any"]}, {"query": "Mars", "tpye": "Place"},
        {"query": "Mars", "properties": {}}, {"query": "Mars", "properties": [5]}, {"query": "Mars", "properties": [{"pid": "x"}]},
        {"query": "Mars", "properties": [{"v": "x"}]}, {"query": "Mars", "properties": [{"pid": 5, "v": "x"}]},
        {"query": "Mars", "properties": [{"pid": "x", "v": {"name": "x"}}]}, {"query": "Mars", "properties": [{"pid": "x", "v": {"id": 5}}]},
        {"query": "Mars", "properties": [{"pid": "x", "v": [["x"]]}]}, {"query": "Mars", "properties": [{"pid": "x", "v": ["x"] * 101}]},
        {"query": "Mars", "properties": [{"pid": "x", "v": None}]}, {"query": "Mars", "properties": [{"pid": "x", "v": "x"}] * 100}, {"properties": [{"pid": "label-en", "v": "x"}] * 99},
        {"query": "Mars", "properties": [{"pid": "x", "v": {"id": "x", "name": 5}}]},
    ],
    ids=lambda entry: repr(entry)[:50],
)  # fmt: skip
def test_a_malformed_entry_fails_alone_and_says_why(service, entry):
    answer = service.post({"bad": entry, "good": {"query": "Mars"}})
    assert answer["bad"]["result"] == []
    assert answer["bad"]["error"]
    assert answer["good"]["result"][0]["match"]


@pytest.mark.parametrize(
    "condition",
    [
        5, {}, {"matchType": "name"}, {"matchType": "nonsense", "propertyValue": "x"}, {"matchType": ["name"], "propertyValue": "x"},
        {"matchType": "property", "propertyValue": "x"}, {"matchType": "property", "propertyId": 5, "propertyValue": "x"},
        {"matchType": "name", "propertyValue": "x", "required": "yes"}, {"matchType": "name", "propertyValue": "x", "matchQuantifier": "some"},
        {"matchType": "name", "propertyValue": {}},
    ],
    ids=repr,
)  # fmt: skip
def test_a_malformed_condition_fails_alone_and_says_why(service, condition):
    good = {"matchType": "name", "propertyValue": "Mars"}
    bad, fine = service.draft({"conditions": [condition]}, {"conditions": [good]})
    assert bad["candidates"] == []
    assert bad["error"]
    assert fine["candidates"][0]["match"]


@pytest.mark.parametrize(
    "value",
    ["", "\x00", "😀", "((((", "NEAR(", "'; DROP TABLE names", BAD, 10**400, -0.0, 1e308, True, {"id": ""}, {"id": "\x00", "name": BAD}, []],
    ids=lambda value: repr(value)[:30],
)  # fmt: skip
def test_no_value_is_an_error(service, value):
    names = [value] if isinstance(value, str) else []
    properties = [
        {"pid": pid, "v": value}
        for pid in ("wikidata", "plannedLaunchDate", "targets", "label-en", "numericValue", "x", "")
    ]
    answer = service.post(
        {
            str(i): {"query": n, "properties": properties}
            for i, n in enumerate([*names, "Tianwen-3"])
        }
    )
    assert not any("error" in entry for entry in answer.values())
    draft = [
        {"matchType": kind, "propertyId": "targets", "propertyValue": value}
        for kind in ("name", "id", "property")
    ]
    assert (
        len(service.draft({"conditions": draft}, *({"conditions": [each]} for each in draft))) == 4
    )


def test_what_is_too_large_is_refused(service):
    batch = {f"q{i}": {"query": "Mars"} for i in range(51)}
    assert "50" in problem(
        service.client.post("/reconcile", data={"queries": json.dumps(batch)}), 413
    )
    conditions = [{"matchType": "name", "propertyValue": "Mars"}]
    draft = {"queries": [{"conditions": conditions}] * 51}
    problem(service.client.post("/reconcile/v1/match", json=draft), 413)
    large = json.dumps({"q0": {"query": "x" * (1 << 20)}})
    problem(service.client.post("/reconcile", data={"queries": large}), 413)
    problem(
        service.client.post("/reconcile/v1/match", data=large, content_type="application/json"), 413
    )
    for query in (
        {"ids": [str(i) for i in range(501)], "properties": []},
        {"ids": [], "properties": [{"id": "a"}] * 51},
    ):
        problem(service.client.post("/reconcile", data={"extend": json.dumps(query)}), 413)
    del batch["q50"]
    assert len(service.post(batch)) == 50


@pytest.mark.parametrize(
    "query",
    [{}, {"ids": []}, {"ids": "a", "properties": []}, {"ids": [5], "properties": []}, {"ids": [], "properties": [5]},
     {"ids": [], "properties": [{"id": 5}]}, {"ids": [], "properties": [{"id": "a", "settings": 5}]}, {"ids": [], "properties": {}}],
    ids=repr,
)  # fmt: skip
def test_a_malformed_data_extension_query_is_a_bad_request(service, query):
    problem(service.client.post("/reconcile", data={"extend": json.dumps(query)}), 400)
    problem(service.client.post("/reconcile/v1/extend", json=query), 400)


def test_bodies_of_other_kinds(service):
    problem(service.client.post("/reconcile", data=b"{}", content_type="application/json"), 415)
    problem(service.client.post("/reconcile", data={"nothing": "x"}), 400)
    problem(service.client.post("/reconcile/v1/match", data={"queries": "{}"}), 415)
    problem(
        service.client.post(
            "/reconcile/v1/match", data=b'{"queries": ["\xff"]}', content_type="application/json"
        ),
        400,
    )
    problem(service.client.get("/reconcile/v1/match"), 405)
    both = service.client.post(
        "/reconcile",
        data={"queries": '{"q": {"query": "Mars"}}'},
        content_type="multipart/form-data",
    )
    assert both.json["q"]["result"]


@pytest.mark.parametrize(
    "callback",
    [
        "alert(1)",
        "a;b",
        "a b",
        "",
        "1a",
        "a-b",
        "a[0]",
        "<x>",
        "a\n",
        "é",
        "a" * 200,
        "a\u2028b",
        "*/a",
    ],
)
@pytest.mark.parametrize(
    "path", ["", "/suggest/entity", "/v1", "/extend/propose", "/flyout/entity/mars"]
)
def test_a_callback_is_the_name_of_a_function(service, path, callback):
    problem(service.client.get(f"/reconcile{path}", query_string={"callback": callback}), 400)


@pytest.mark.parametrize("callback", ["f", "jQuery1_2", "$.x", "_a.b.c"])
def test_a_call_has_nothing_that_ends_a_script(service, callback):
    answer = service.client.get(
        "/reconcile/suggest/entity", query_string={"callback": callback, "prefix": "天"}
    )
    assert answer.text.startswith(f"/**/{callback}({{")
    assert answer.text.isascii()


@pytest.mark.parametrize("name", ["cursor", "limit", "offset"])
@pytest.mark.parametrize("number", ["-1", "x", "1.5", "٣", "1e9", "99999999999"])
def test_a_number_that_is_none(service, name, number):
    problem(
        service.client.get("/reconcile/suggest/entity", query_string={"prefix": "t", name: number}),
        400,
    )


def test_suggestions_are_paged(service):
    def page(**parameters):
        return service.client.get(
            "/reconcile/v1/suggest/entity", query_string={"prefix": "tian", **parameters}
        ).json["result"]

    assert page(limit=7) == page(limit=4) + page(offset=4, limit=3)
    assert page(cursor=999999) == []
    assert len(page(limit=100000)) <= 100


@pytest.mark.parametrize(
    "path",
    [
        "/flyout/entity/nothing",
        "/flyout/type/nothing",
        "/flyout/property/nothing",
        "/flyout/nothing/mars",
    ],
)
def test_what_is_not_there(service, path):
    problem(service.client.get(f"/reconcile{path}"), 404)


@pytest.mark.parametrize("identifier", ["nothing", "", BAD, "../../etc/passwd", "Q1'", "\x00"])
def test_a_preview_of_nothing(service, identifier):
    answer = service.client.get("/reconcile/preview", query_string={"id": identifier})
    assert (answer.status_code, answer.mimetype) == (404, "text/html")
    assert "alert" not in answer.text


@pytest.fixture(scope="module")
def hostile(serve):
    bad = BAD.replace('"', '\\"')
    return serve(f"""
        id:evil a xt:Person , <javascript:class> ; rdfs:label "{bad}"@en , "{bad}"@zh , "{bad}" ; skos:altLabel "{bad}"@x-script ;
          skos:definition "{bad}"@en ; skos:exactMatch <javascript:alert(1)> , <http://www.wikidata.org/entity/{"x" * 20}> ;
          xt:status <javascript:alert(2)> , "{bad}" , [] ; xt:memberOf <javascript:alert(3)> , id:evil ; xt:when "{bad}" ; xt:numericValue "{bad}"^^xsd:decimal , 1e400 , "9"^^xsd:integer .
        <https://w3id.org/xingtu/id/a/b> a xt:Person ; rdfs:label "slash"@en . <https://w3id.org/xingtu/id/a?b> a xt:Person ; rdfs:label "mark"@en .
        <https://w3id.org/xingtu/id/a&b> a xt:Person ; rdfs:label "ampersand"@en . <https://w3id.org/xingtu/id/q'x> a xt:Person ; rdfs:label "quote"@en .
    """)  # fmt: skip


def test_nothing_of_the_data_becomes_markup(hostile):
    pages = [
        hostile.get("/preview?id=evil").text,
        hostile.get("/zh/preview?id=evil").text,
        hostile.get("/flyout/entity/evil").json["html"],
    ]
    for page in pages:
        assert "alert(1)" in page
        assert not re.search(r"<(script|img)", page)
    assert hostile.match(BAD)[0]["id"] == "evil"
    row = hostile.extend(
        ["evil"], "status", "memberOf", "numericValue", "when", "wikidata", "definition"
    )
    assert len(row["rows"]["evil"]["status"]) == 3
    script = hostile.client.get("/reconcile/flyout/entity/evil?callback=f")
    assert script.mimetype == "application/javascript"


def test_identifiers_that_openrefine_could_not_put_into_an_address_are_left_out(hostile):
    found = hostile.get("/suggest/entity?prefix=").json["result"]
    assert set(hostile.ids(found)) == {"evil", "q'x"}


def test_an_empty_dataset(serve):
    service = serve("")
    assert service.match("Mars") == []
    assert service.get("/suggest/entity?prefix=").json == {"result": []}
    assert service.get().json["defaultTypes"]


def test_the_index_follows_the_dataset(store):
    from xingtu.server import create_app
    from xingtu.server.engine.local import LocalEngine
    from xingtu.server.engine.tasks import Update

    engine = LocalEngine(writable=True)
    app = create_app(engine)

    def count():
        sent = {"queries": '{"q": {"query": "Newcomer"}}'}
        return len(app.test_client().post("/reconcile", data=sent).json["q"]["result"])

    assert count() == 0
    insert = 'INSERT DATA { <https://w3id.org/xingtu/id/n> a <https://w3id.org/xingtu/ontology#Person> ; <http://www.w3.org/2000/01/rdf-schema#label> "Newcomer"@en }'
    app.config["RUN"](Update(insert, "http://localhost/"))
    assert count() == 1
