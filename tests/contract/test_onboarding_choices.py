"""Which application, which certificate, which filter: what fits is used, the rest is refused."""

from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization

from tests.contract.entra_world import Credential
from tests.contract.onboarding_world import SCOPED, World


@pytest.fixture
def world() -> World:
    return World()


def refused(world: World, *given: str, name: str = "easgate") -> str:
    """Run what must be refused before anything is written."""
    code, screen = world.run(*given, name=name)
    assert (code, world.writes) == (1, [])
    return screen.splitlines()[-1]


def test_two_applications_of_the_name_are_both_named_and_not_touched(world: World) -> None:
    ids = [
        world.directory.register("easgate", tenant_id=world.tenant_id).client_id for _ in range(2)
    ]

    said = refused(world, "--grant")

    assert all(each in said for each in ids)


def test_somebody_elses_application_of_the_name_is_used_only_if_told_so(world: World) -> None:
    theirs = world.directory.register("easgate", tenant_id=world.tenant_id)

    said = refused(world, "--grant")
    assert f"--client-id {theirs.client_id}" in said
    code, screen = world.run("--grant", "--client-id", theirs.client_id)

    assert code == 0, screen
    assert world.application().client_id == theirs.client_id


def test_a_client_id_that_is_not_registered_here_is_refused(world: World) -> None:
    assert "no application with client id" in refused(
        world, "--client-id", "5b9f2a1e-6f0a-4a51-9d5f-3f1f0f7c2002"
    )


@pytest.mark.parametrize("name", ["O'Brien\u2019s", "a & b #1 %41", "<x> $(y) `z"])
def test_odd_names_are_names(world: World, name: str) -> None:
    code, screen = world.run("--grant", *SCOPED, name=name)
    assert code == 0, screen
    world.run("--grant", *SCOPED, name=name)
    assert world.writes == []

    assert [each.name for each in world.applications()] == [name]
    assert f"{name} device managers" in [each.name for each in world.tenant.role_groups]


@pytest.mark.parametrize("name", ["", " easgate", "x" * 48, "two\nlines"])
def test_names_that_no_service_takes_are_refused(world: World, name: str) -> None:
    assert "--name" in refused(world, name=name)


def test_a_filter_that_is_written_otherwise_is_the_same(world: World) -> None:
    world.run("--grant", *SCOPED)

    code, screen = world.run("--grant", "--scope-filter", "((CustomAttribute1  -eq 'EAS'))")

    assert (code, world.writes) == (0, []), screen


@pytest.mark.parametrize(
    ("first", "then"),
    [
        (SCOPED, ("--scope-filter", "CustomAttribute1 -eq 'other'")),
        (SCOPED, ()),
        ((), SCOPED),
    ],
)
def test_another_limit_than_the_one_in_place_is_refused(
    world: World, first: tuple[str, ...], then: tuple[str, ...]
) -> None:
    world.run("--grant", *first)

    assert "scope" in refused(world, "--grant", *then)


def test_a_filter_that_exchange_does_not_understand_is_told_as_exchange_tells_it(
    world: World,
) -> None:
    code, screen = world.run("--grant", "--scope-filter", "Shoesize -gt 44")

    assert code == 1
    assert "Shoesize" in screen.splitlines()[-1]
    assert world.naps == []


@pytest.mark.parametrize("encoding", [serialization.Encoding.DER, serialization.Encoding.PEM])
def test_a_certificate_may_come_from_a_file(
    world: World, tmp_path: Path, encoding: serialization.Encoding
) -> None:
    credential = Credential()
    file = tmp_path / "cert.cer"
    file.write_bytes(credential.certificate.public_bytes(encoding))

    code = world.run_with("--tenant", world.tenant_id, "--certificate-file", str(file), "--grant")

    assert code == 0
    [registered] = world.application().certificates
    assert registered.certificate == credential.certificate


def test_a_file_with_a_private_key_is_refused(world: World, tmp_path: Path) -> None:
    file = tmp_path / "cert.pem"
    credential = Credential()
    key = credential.key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    file.write_bytes(credential.pem.encode() + key)

    code = world.run_with("--tenant", world.tenant_id, "--certificate-file", str(file))

    assert (code, world.writes) == (1, [])
    assert "holds a private key" in world.screen.getvalue()


def test_a_renewed_certificate_is_added_beside_the_one_that_is_registered(world: World) -> None:
    world.run("--grant")
    world.vault.create_certificate("easgate")

    code, _ = world.run("--grant")

    assert code == 0
    assert len(world.application().certificates) == 2
