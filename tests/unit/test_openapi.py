"""The description of the HTTP interface: valid, complete, and no more than there is."""

import json
from typing import Any

import pytest
from openapi_schema_validator import OAS31Validator
from openapi_spec_validator import OpenAPIV31SpecValidator

import function_app
from functions import openapi, operations, problems, serving
from functions.examples import EXAMPLES
from functions.problems import Problem
from functions.serving import Doors
from shared.mdm.vendors import KNOWN
from tests.unit.app_world import request
from tests.unit.indexing import index

INDEXED = function_app.app  # the table of routes is filled by now


def test_document_is_valid() -> None:
    """Other people's tools read it."""
    OpenAPIV31SpecValidator(openapi.document()).validate()


def test_routes_are_described_with_their_methods_and_keys() -> None:
    """Each one that is there, none that is not, and a key wherever one is needed."""
    described = {
        (path, method.upper(), operation.get("security") == [])
        for path, methods in openapi.document()["paths"].items()
        for method, operation in methods.items()
        if method != "servers"
    }
    with_key = {
        (route.path.replace("{*", "{"), method, route.level == "anonymous")
        for route in index().routes
        for method in route.methods
    }
    for_people = {
        (f"/{each.route}", each.method, False)
        for each in serving.routes()
        if each.doors is Doors.PEOPLE
    }
    assert described == with_key | for_people | {("/me", "GET", False)}
    assert {path for path, _, is_open in described if is_open} == {
        "/mdm/{sender}",
        "/health",
        "/openapi.json",
        "/portal/{path}",
    }


def test_whatever_a_sender_may_be_told_is_described() -> None:
    """Also what only one kind of sender is told."""
    described = set(openapi.document()["paths"]["/mdm/{sender}"]["post"]["responses"])
    answers = [vendor.answers for vendor in KNOWN.values()]
    for each in answers:
        for status in (each.taken, each.busy, each.gone, each.unverified):
            assert str(status.value) in described
    assert {"400", "404", "413", "429"} < described


def test_document_is_served_as_it_is() -> None:
    """To anybody."""
    answer = operations.get_openapi(request())
    assert answer.status_code == 200
    assert json.loads(answer.get_body()) == json.loads(json.dumps(openapi.document()))


def test_every_shape_that_is_referred_to_is_there() -> None:
    """A reference into nothing is no description."""
    text = json.dumps(openapi.document())
    named = set(openapi.document()["components"]["schemas"])
    referred = {part.split('"')[0] for part in text.split("#/components/schemas/")[1:]}
    assert referred <= named
    assert "CommandMessage" in referred


def test_every_route_has_a_name_of_its_own() -> None:
    """Generated clients call it by that."""
    names = [each["operationId"] for each in routes()]
    assert len(set(names)) == len(names)
    assert {"get_operations", "get_operations_operation_id", "post_commands"} < set(names)


@pytest.mark.parametrize("name", EXAMPLES)
def test_example_is_what_it_is_an_example_of(name: str) -> None:
    """Whoever copies it gets what it promises."""
    [example] = openapi.document()["components"]["schemas"][name]["examples"]
    validator(name).validate(example)


@pytest.mark.parametrize("problem", [problem for _, problem in problems.KINDS])
def test_each_problem_is_described_with_its_status_and_an_example(problem: Problem) -> None:
    """One table says it all."""
    example = openapi.document()["components"]["examples"][problem.name]["value"]
    validator(f"Problem{problem.status.value}").validate(example)
    assert example["type"] == problem.type


def test_whoever_comes_with_a_key_is_told_of_every_refusal_in_the_same_way() -> None:
    """As a problem of its status; the platform's own 401 has no body."""
    for each in routes():
        answers = each["responses"]
        if each.get("security") == []:
            continue
        assert "content" not in answers["401"]
        assert {"403", "429", "500", "503"} < set(answers)
        for status in set(answers) - {"401"}:
            if int(status) >= 400:
                [media_type] = [one for one in answers[status]["content"] if "problem" in one]
                shown = answers[status]["content"][media_type]["schema"]["$ref"]
                assert shown == f"#/components/schemas/Problem{status}"


def routes() -> list[dict[str, Any]]:
    """Return what is described."""
    found = openapi.document()["paths"].values()
    return [each for path in found for each in path.values() if isinstance(each, dict)]


def validator(name: str) -> OAS31Validator:
    """Return what checks values against a schema."""
    components = openapi.document()["components"]
    schema = {"$ref": f"#/components/schemas/{name}", "components": components}
    return OAS31Validator(schema)
