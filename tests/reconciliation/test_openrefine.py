"""OpenRefine as it really behaves: the requests its sources send, and what it does with the answers.

The traps are those that other services fell into; each is named by its test.
"""

import json
import re
from collections import Counter
from datetime import datetime
from urllib.parse import quote, urljoin

import pytest

SAMPLES = [
    "Tianwen-1",
    "Tianwen-2",
    "Tianwen-3",
    "Tianwen-4",
    "Chang'e-6",
    "Chang'e-8",
    "神舟二十号",
    "嫦娥六号",
]
COMPONENT_MARKS = set("#?&")


def local(address: str) -> str:
    """The path of an address of the service, as the test's client takes it."""
    assert address.startswith("https://xingtu.example/")
    return address.removeprefix("https://xingtu.example")


def suggest_address(manifest, kind: str) -> str:
    options = manifest["suggest"][kind]
    return local(options["service_url"] + options["service_path"])


def encode_uri(text: str) -> str:
    """As JavaScript's encodeURI."""
    return quote(text, safe=";,/?:@&=+$#-_.!~*'()")


@pytest.fixture(scope="module", params=["", "/zh"])
def manifest(request, service):
    return service.get(request.param).json


def test_it_is_added_by_cors_and_by_jsonp(service):
    """recon-manager.js, registerStandardService."""
    answer = service.get("", Origin="http://127.0.0.1:3333")
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Credentials" not in answer.headers
    script = service.get("?callback=jQuery36009_1763&_=1763")
    assert script.content_type == "application/javascript; charset=utf-8"
    assert script.headers["X-Content-Type-Options"] == "nosniff"
    called = re.fullmatch(r"/\*\*/jQuery36009_1763\((.+)\);", script.text)
    assert json.loads(called[1]) == answer.json


def test_types_of_a_column_are_guessed(service):
    """GuessTypesOfColumnCommand.java: three candidates for each of ten cells, types by rank."""
    answer = service.post({f"q{i}": {"query": name, "limit": 3} for i, name in enumerate(SAMPLES)})
    counts, scores = Counter(), Counter()
    for entry in answer.values():
        for rank, candidate in enumerate(entry["result"]):
            for place, kind in enumerate(candidate["type"]):
                counts[kind["id"]] += 1
                scores[kind["id"]] += (1 - place / len(candidate["type"])) / (1 + rank)
    ordered = sorted(
        counts, key=lambda kind: (-min(10, counts[kind]), -scores[kind] / counts[kind])
    )
    assert ordered[0] == "Mission"


def test_a_batch_of_ten_with_a_type_is_matched(service):
    """StandardReconConfig.java: keys q0…, `type_strict` always "should"; then the first by score."""
    batch = {
        f"q{i}": {"query": name, "type": "Mission", "type_strict": "should"}
        for i, name in enumerate(SAMPLES)
    }
    answer = service.post(batch)
    assert answer.keys() == batch.keys()
    for key, entry in answer.items():
        best = max(entry["result"], key=lambda candidate: candidate["score"])
        assert best["match"], key
        assert "Mission" in {kind["id"] for kind in best["type"]}
        assert [each["match"] for each in entry["result"][1:]] == [False] * (
            len(entry["result"]) - 1
        )


@pytest.mark.parametrize(
    "value",
    [
        "Mars",
        "mars",
        4,
        2.5,
        True,
        {"id": "mars", "name": "Mars"},
        {"id": "mars"},
        ["Mars", {"id": "mars"}],
    ],
    ids=repr,
)
def test_a_value_is_a_string_a_number_a_boolean_or_a_reconciled_cell(service, value):
    candidates = service.match("Tianwen-3", properties=[{"pid": "targets", "v": value}])
    assert candidates[0]["id"] == "tianwen-3"
    agrees = not isinstance(value, int | float)
    assert candidates[0]["match"] == agrees
    (agreement,) = [f["value"] for f in candidates[0]["features"] if f["id"] == "property_targets"]
    assert (agreement == 100) == agrees


def test_trap_a_a_type_is_put_unescaped_behind_the_address_of_property_proposals(service, manifest):
    proposing = manifest["extend"]["propose_properties"]
    address = proposing["service_url"] + proposing["service_path"]
    assert not COMPONENT_MARKS & set(address)
    types = service.get("/suggest/type?prefix=&limit=100").json["result"]
    assert len(types) >= 90
    for kind in [*types, *manifest["defaultTypes"]]:
        assert quote(kind["id"], safe="") == kind["id"]
    answer = service.client.get(local(f"{address}?type=Mission")).json
    assert {"label-zh", "wikidata", "status", "plannedWhen", "targets"} <= set(
        service.ids(answer["properties"])
    )


def test_trap_b_addresses_of_entities_are_only_partly_escaped(service, manifest):
    found = service.get("/suggest/entity?prefix=&limit=100").json["result"]
    assert len(found) == 100
    for entity in found:
        assert not COMPONENT_MARKS & set(entity["id"])
    for template in (manifest["view"]["url"], manifest["preview"]["url"]):
        address = encode_uri(template.replace("{{id}}", "tianwen-3"))
        assert service.client.get(local(address)).status_code == 200


def test_trap_c_a_preview_is_shown_in_a_sandboxed_frame(service, manifest):
    address = local(manifest["preview"]["url"].replace("{{id}}", "tianwen-3"))
    answer = service.client.get(address)
    assert answer.mimetype == "text/html"
    assert "天问三号" in answer.text
    assert "<script" not in answer.text
    policy = answer.headers["Content-Security-Policy"]
    assert "frame-ancestors *" in policy
    assert "default-src 'none'" in policy
    assert "X-Frame-Options" not in answer.headers
    (style,) = re.findall(r'rel="stylesheet" href="([^"]+)"', answer.text)
    assert service.client.get(urljoin(address, style), buffered=True).mimetype == "text/css"
    assert (
        "frame-ancestors 'none'"
        in service.client.get("/page/tianwen-3").headers["Content-Security-Policy"]
    )


def test_trap_d_a_missing_property_would_shift_the_columns(service):
    """ReconciledDataExtensionJob.java, collectResult: `colindex` stays where a property is missing."""
    asked = ["wikidata", "nonsense", "targets", "definition", "plannedLaunchDate"]
    answer = service.extend(["tianwen-3", "nothing-of-this-name", "mars", "Q319"], *asked)
    assert service.ids(answer["meta"]) == asked
    for row in answer["rows"].values():
        assert row.keys() == set(asked)
    assert answer["rows"]["nothing-of-this-name"] == {name: [] for name in asked}
    assert answer["rows"]["tianwen-3"]["plannedLaunchDate"] == [{"str": "2028"}]
    assert {"id": "mars", "name": "Mars"} in answer["rows"]["tianwen-3"]["targets"]
    assert answer["rows"]["mars"]["wikidata"] == [{"str": "Q111"}]
    assert answer["rows"]["Q319"]["wikidata"] == [{"str": "Q319"}]


@pytest.mark.parametrize("kind", ["entity", "type", "property"])
def test_trap_e_suggest_is_asked_with_parameters_of_its_own(service, manifest, kind):
    """suggest.js keeps `service_url` and `service_path` of its options, and sends Freebase's."""
    extra = (
        "type=Mission&spell=always&exact=false&scoring=entity&lang=en&type_strict=any&limit=20&_=17"
    )
    address = suggest_address(manifest, kind)
    assert "?" not in address
    wanted = {"entity": "tianwen-3", "type": "MarsMission", "property": "plannedLaunchDate"}[kind]
    prefix = {"entity": "Tianwen-3", "type": "mars", "property": "planned launch"}[kind]
    answer = service.client.get(f"{address}?{extra}&prefix={quote(prefix)}").json
    assert answer["result"][0]["id"] == wanted
    script = service.client.get(f"{address}?{extra}&prefix={quote(prefix)}&callback=jsonp1")
    assert json.loads(script.text.removeprefix("/**/jsonp1(").removesuffix(");")) == answer


def test_trap_f_a_date_is_a_whole_instant_and_nothing_is_made_up(serve):
    service = serve("""
        id:a a xt:Event ; rdfs:label "A"@en ; xt:when "2025-05-29" , "2025-05" , "2028~" , "2026-04/.." ;
          xt:earliest "2025-05-29T00:00:00Z"^^xsd:dateTime ; xt:plannedSize 1000 , 12345678901234567890 ;
          xt:numericValue 2.50 , 1e0 , "INF"^^xsd:double ; xt:flag true ; xt:url "https://a.example/"^^xsd:anyURI ;
          xt:partOf id:b , [] , <https://elsewhere.example/x> ; xt:status xt:planned .
        id:b a xt:Event ; rdfs:label "B"@en , "乙"@zh .
    """)  # fmt: skip
    names = ["when", "earliest", "plannedSize", "numericValue", "flag", "url", "partOf", "status"]
    (row,) = service.extend(["a"], *names)["rows"].values()
    assert row["when"] == [
        {"str": "2025-05"},
        {"date": "2025-05-29T00:00:00Z"},
        {"str": "2026-04/.."},
        {"str": "2028~"},
    ]
    datetime.fromisoformat(row["earliest"][0]["date"])
    assert row["plannedSize"] == [{"int": 1000}, {"str": "12345678901234567890"}]
    assert row["numericValue"] == [{"float": 1.0}, {"float": 2.5}, {"str": "INF"}]
    assert row["flag"] == [{"str": "true"}]
    assert row["url"] == [{"str": "https://a.example/"}]
    assert {"id": "b", "name": "B"} in row["partOf"]
    assert {"str": "https://elsewhere.example/x"} in row["partOf"]
    assert row["status"] == [{"str": "planned"}]


def test_settings_of_data_extension(service, manifest):
    settings = {each["name"]: each for each in manifest["extend"]["property_settings"]}
    assert settings.keys() == {"limit", "content"}
    assert {choice["value"] for choice in settings["content"]["choices"]} == {
        "values",
        "texts",
        "ids",
        "count",
    }

    def fetch(**settings: str):
        answer = service.extend(["tianwen-3"], {"id": "hasEvent", "settings": settings})
        return answer["rows"]["tianwen-3"]["hasEvent"], answer["meta"][0].get("type", {}).get("id")

    everything, kind = fetch(limit="0", content="values")
    assert len(everything) >= 3
    assert kind == "Event"
    assert fetch(limit="2") == (everything[:2], "Event")
    assert fetch(content="ids") == ([{"str": each["id"]} for each in everything], None)
    assert fetch(content="texts") == ([{"str": each["name"]} for each in everything], None)
    assert fetch(content="count")[0] == [{"int": len(everything)}]
    assert fetch(limit="many", content="nonsense") == (everything, "Event")


def test_data_extension_in_chinese(service):
    sent = json.dumps({"ids": ["tianwen-3"], "properties": [{"id": "targets"}, {"id": "status"}]})
    answer = service.client.post("/reconcile/zh", data={"extend": sent}).json
    assert answer["rows"]["tianwen-3"]["targets"] == [{"id": "mars", "name": "火星"}]
    assert [each["name"] for each in answer["meta"]] == ["目标天体", "状态"]


def test_a_flyout_is_a_path(service, manifest):
    options = manifest["suggest"]["entity"]
    address = options["service_url"] + options["flyout_service_path"].replace("${id}", "tianwen-3")
    assert "天问三号" in service.client.get(local(address)).json["html"]


def test_get_answers_as_post_does(service):
    batch = json.dumps({"q0": {"query": "天问三号"}})
    by_get = service.client.get("/reconcile", query_string={"queries": batch})
    assert by_get.json == service.client.post("/reconcile", data={"queries": batch}).json
    sent = json.dumps({"ids": ["mars"], "properties": [{"id": "wikidata"}]})
    by_get = service.client.get("/reconcile", query_string={"extend": sent})
    assert by_get.json == service.client.post("/reconcile", data={"extend": sent}).json


@pytest.mark.parametrize(
    "query", ["Tianwen-3", '{"query": "Tianwen-3"}', ' {"query": "Tianwen-3", "limit": 1}']
)
def test_one_query_as_version_01_has_it(service, query):
    answer = service.client.get("/reconcile", query_string={"query": query, "callback": "f"})
    assert json.loads(answer.text.removeprefix("/**/f(").removesuffix(");"))["result"][0]["match"]


@pytest.mark.parametrize(
    "path", ["/reconcile", "/reconcile/", "/reconcile/zh", "/reconcile/v1", "/reconcile/v1/"]
)
def test_head_and_options(service, path):
    head = service.client.head(path)
    assert (head.status_code, head.data) == (200, b"")
    asked = {"Origin": "https://tool.example", "Access-Control-Request-Method": "POST"}
    preflight = service.client.options(path, headers=asked)
    assert preflight.status_code == 204
    assert preflight.headers["Access-Control-Allow-Origin"] == "*"
    assert "GET" in preflight.headers["Allow"]
    assert preflight.headers["Access-Control-Allow-Methods"] == preflight.headers["Allow"]
    assert service.client.delete(path).status_code == 405
