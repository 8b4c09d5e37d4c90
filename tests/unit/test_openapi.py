"""The description of the HTTP interface: valid, complete, and no more than there is."""

import json

from openapi_spec_validator import OpenAPIV31SpecValidator

from functions import openapi, operations
from shared.mdm.vendors import KNOWN
from tests.unit.app_world import request
from tests.unit.indexing import index


def test_document_is_valid() -> None:
    """Other people's tools read it."""
    OpenAPIV31SpecValidator(openapi.document()).validate()


def test_routes_are_described_with_their_methods_and_keys() -> None:
    """Each one that is there, none that is not, and a key wherever one is needed."""
    described = {
        (path, method.upper(), operation.get("security") == [])
        for path, methods in openapi.document()["paths"].items()
        for method, operation in methods.items()
    }
    offered = {
        (route.path, method, route.level == "anonymous")
        for route in index().routes
        for method in route.methods
    }
    assert described == offered
    assert {path for path, _, is_open in described if is_open} == {
        "/mdm/{sender}",
        "/health",
        "/openapi.json",
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
