"""What the service says validates against the specifications' schemas, and their examples are sent to it.

Schemas and examples stand beside the repository, or where XINGTU_RECONCILIATION says.
"""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator
from referencing import Registry
from referencing.jsonschema import DRAFT7

FOLDER = Path(
    os.environ.get("XINGTU_RECONCILIATION", Path(__file__).parents[3] / "shared" / "reconciliation")
)
STABLE, DRAFT = "0.2", "1.0-draft"
FLOORS = {STABLE: 51, DRAFT: 56}  # examples there are

pytestmark = pytest.mark.skipif(
    not (FOLDER / STABLE / "schemas").is_dir(),
    reason=f"THE RECONCILIATION SCHEMAS ARE NOT AT {FOLDER}: conformance is not tested (set XINGTU_RECONCILIATION)",
)


def read(path: Path) -> Any:
    return json.loads(path.read_text("utf-8"))


class Schemas:
    """The schemas of a version."""

    def __init__(self, version: str) -> None:
        documents = [read(path) for path in (FOLDER / version / "schemas").glob("*.json")]
        self.by_name = {
            path.stem: read(path) for path in (FOLDER / version / "schemas").glob("*.json")
        }
        resources = [(each["$id"], DRAFT7.create_resource(each)) for each in documents]
        # Some schemas name themselves by the folder `draft`, where their neighbours are not.
        resources += [
            (each["$id"].replace(f"/{version}/", "/draft/"), DRAFT7.create_resource(each))
            for each in documents
        ]
        self.registry = Registry().with_resources(resources)

    def errors(self, name: str, document: object) -> list[str]:
        validator = Draft7Validator(self.by_name[name], registry=self.registry)
        return [error.message for error in validator.iter_errors(document)]


SCHEMAS = {version: Schemas(version) for version in FLOORS} if FOLDER.is_dir() else {}


def examples(version: str, kind: str = "*", validity: str = "*") -> Iterator[Path]:
    yield from sorted((FOLDER / version / "examples").glob(f"{kind}/{validity}/*.json"))


def cases(kind: str, validity: str = "*") -> list[Any]:
    return [
        pytest.param(version, path, id=f"{version}-{path.stem}")
        for version in FLOORS
        for path in examples(version, kind, validity)
    ]


def valid(version: str, name: str, document: object) -> None:
    assert SCHEMAS[version].errors(name, document) == []


def test_examples_are_whole():
    assert {version: len([*examples(version)]) for version in FLOORS} == FLOORS


@pytest.mark.parametrize("version", FLOORS)
def test_the_schemas_tell_valid_from_invalid_examples(version):
    checked = 0
    for path in examples(version):
        name, validity = path.parts[-3], path.parts[-2]
        if name in SCHEMAS[version].by_name:
            errors = SCHEMAS[version].errors(name, read(path))
            assert bool(errors) == (validity == "invalid"), (path, errors)
            checked += 1
    assert checked >= 38, checked


@pytest.mark.parametrize(
    ("version", "path"), [(STABLE, ""), (STABLE, "/en"), (STABLE, "/zh"), (DRAFT, "/v1")]
)
@pytest.mark.parametrize("language", ["", "en", "zh-CN"])
def test_manifest(service, version, path, language):
    answer = service.get(path, Accept_Language=language)
    valid(version, "manifest", answer.json)
    names = {"": "Xingtu", "en": "Xingtu", "zh-CN": "星图"}
    assert answer.json["name"] == {"/en": "Xingtu", "/zh": "星图"}.get(path, names[language])


@pytest.mark.parametrize(("version", "path"), cases("reconciliation-query-batch", "valid"))
def test_valid_queries_are_answered(service, version, path):
    batch = read(path)
    if version == STABLE:
        answer = service.post(batch)
        assert answer.keys() == batch.keys()
        entries = [*answer.values()]
    else:
        answer = {"results": service.draft(*batch["queries"])}
        entries = answer["results"]
        assert len(entries) == len(batch["queries"])
    valid(version, "reconciliation-result-batch", answer)
    assert not any("error" in entry for entry in entries)


@pytest.mark.parametrize(("version", "path"), cases("reconciliation-query-batch", "invalid"))
def test_invalid_queries_fail_alone_and_say_why(service, version, path):
    batch = read(path)
    if version == STABLE:
        answer = service.post(batch | {"good": {"query": "Tianwen-3"}})
        bad, good = [answer[key] for key in batch], answer["good"]["result"]
    elif isinstance(batch, dict) and "queries" in batch:
        good_query = {"conditions": [{"matchType": "name", "propertyValue": "Tianwen-3"}]}
        results = service.draft(*batch["queries"], good_query)
        answer, bad, good = {"results": results}, results[:-1], results[-1]["candidates"]
    else:
        assert service.client.post("/reconcile/v1/match", json=batch).status_code == 400
        return
    valid(version, "reconciliation-result-batch", answer)
    assert bad and all(entry["error"] for entry in bad)
    assert good[0]["match"]


def test_real_names_are_answered_as_the_schemas_say(service):
    names = [
        "Tianwen-3",
        "天问三号",
        "CASC",
        "China",
        "Wang",
        "Tianwne-3",
        "Moon",
        "launch of Tianwen-3",
    ]
    properties = [{"pid": "plannedLaunchDate", "v": 2028}, {"pid": "wikidata", "v": {"id": "Q1"}}]
    batch = {
        name: {"query": name, "type": ["Mission", "Place"], "type_strict": "should"}
        for name in names
    }
    batch |= {f"{name}+": {"query": name, "properties": properties} for name in names}
    answer = service.post(batch)
    valid(STABLE, "reconciliation-query-batch", batch)
    valid(STABLE, "reconciliation-result-batch", answer)
    assert sum(len(entry["result"]) for entry in answer.values()) >= 60
    conditions = [
        {"matchType": "name", "propertyValue": "天问三号"},
        {
            "matchType": "property",
            "propertyId": "status",
            "propertyValue": ["planned", "in development"],
        },
    ]
    results = service.draft(*({"conditions": [condition]} for condition in conditions))
    valid(DRAFT, "reconciliation-result-batch", {"results": results})
    assert all(result["candidates"] for result in results)


PLURALS = {"entity": "entities", "type": "types", "property": "properties"}


@pytest.mark.parametrize(("version", "path"), [(STABLE, "/reconcile"), (DRAFT, "/reconcile/v1")])
@pytest.mark.parametrize("kind", PLURALS)
@pytest.mark.parametrize("prefix", ["", "t", "天", "mission", "长征", "no such thing at all"])
def test_suggestions(service, version, path, kind, prefix):
    answer = service.client.get(f"{path}/suggest/{kind}", query_string={"prefix": prefix}).json
    valid(version, f"suggest-{PLURALS[kind]}-response", answer)
    assert bool(answer["result"]) or prefix not in {"", "t"}


@pytest.mark.parametrize(("version", "path"), [(STABLE, "/reconcile"), (DRAFT, "/reconcile/v1")])
@pytest.mark.parametrize("kind", ["Mission", "Person", "", "Nonsense"])
def test_property_proposals(service, version, path, kind):
    answer = service.client.get(f"{path}/extend/propose?type={kind}&limit=8").json
    valid(version, "data-extension-property-proposal", answer)
    assert (answer["type"], answer["limit"]) == (kind, 8)
    assert len(answer["properties"]) == (0 if kind == "Nonsense" else 8)


@pytest.mark.parametrize(("version", "path"), cases("data-extension-query", "valid"))
def test_example_data_extension_queries_are_answered(service, version, path):
    check_extension(service, version, read(path))


@pytest.mark.parametrize("version", FLOORS)
def test_every_value_of_every_record_can_be_fetched(service, version):
    """No property of ours has a value that the schema has no form for."""
    names = [each["id"] for each in service.get("/extend/propose?type=").json["properties"]]
    found = service.get("/suggest/entity?prefix=&limit=100").json["result"]
    fetched = 0
    for start in range(0, len(names), 50):
        properties = [{"id": name} for name in names[start : start + 50]]
        query = {"ids": [each["id"] for each in found], "properties": properties}
        fetched += json.dumps(check_extension(service, version, query)).count('"str"')
    assert len(found) == 100
    assert len(names) >= 60
    assert fetched >= 200


def check_extension(service, version, query):
    valid(version, "data-extension-query", query)
    if version == STABLE:
        answer = service.extend(query["ids"], *query["properties"])
        cells = {each: row.keys() for each, row in answer["rows"].items()}
    else:
        answer = service.client.post("/reconcile/v1/extend", json=query).json
        cells = {row["id"]: {cell["id"] for cell in row["properties"]} for row in answer["rows"]}
    valid(version, "data-extension-response", answer)
    asked = {each["id"] for each in query["properties"]}
    assert cells == dict.fromkeys(query["ids"], asked)
    assert [each["id"] for each in answer["meta"]] == [each["id"] for each in query["properties"]]
    return answer


@pytest.mark.parametrize(
    ("kind", "identifier"), [("entity", "tianwen-3"), ("type", "Mission"), ("property", "wikidata")]
)
def test_flyouts(service, kind, identifier):
    (example,) = examples(STABLE, "flyout-response")
    answer = service.get(f"/flyout/{kind}/{identifier}").json
    assert answer.keys() == read(example).keys()
    assert answer["id"] == identifier
    assert answer["html"].startswith("<p>")
