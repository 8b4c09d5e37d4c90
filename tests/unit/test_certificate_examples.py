"""Who copies an example of an order about users' certificates can send it as it is."""

import json

import pytest

from functions import certificate_examples, openapi
from shared import messages, tenant_messages
from shared.devices import certificate_change
from shared.devices.certificate_change import AddTrustedCa

NAMES = [f"{kind.__name__}Command" for kind in certificate_change.KINDS]


@pytest.mark.parametrize("name", NAMES)
def test_example_is_an_order_that_is_taken(name: str) -> None:
    """Not only of the right shape: it passes every check."""
    [example] = openapi.document()["components"]["schemas"][name]["examples"]
    order = messages.read_order(json.dumps(example).encode())
    assert json.loads(tenant_messages.write(order)).items() >= example.items()  # type: ignore[arg-type]  # it is no device's


def test_example_s_thumbprint_is_that_of_its_certificate() -> None:
    """Who adds it can then name it."""
    change = AddTrustedCa(certificate=certificate_examples.CERTIFICATE, is_root=True)
    assert certificate_change.thumbprint(change) == certificate_examples.THUMBPRINT
