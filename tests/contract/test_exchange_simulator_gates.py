"""Who is let in: the token, the app role, and a role in Exchange."""

from typing import Any

import httpx
import pytest

from tests.contract.exchange_world import (
    APP_ID,
    BASE,
    EXCHANGE_ADMINISTRATOR,
    GLOBAL_READER,
    TENANT_ID,
    World,
    a_token,
    body_of,
)


def ask(
    world: World, cmdlet: str = "Get-OrganizationConfig", *, key: str = "issuer", **claims: object
) -> httpx.Response:
    token = a_token(world.clock(), claims, key=key)
    return world.invoke(cmdlet, headers={"Authorization": f"Bearer {token}"})


def test_app_role_and_directory_role_together_open_both_gates() -> None:
    assert ask(World()).status_code == 200
    assert ask(World(), aud=f"{BASE}/").status_code == 200


@pytest.mark.parametrize(
    "claims",
    [
        {"roles": None, "wids": None},
        {"roles": None},
        {"roles": []},
        {"aud": "https://graph.microsoft.com"},
        {"tid": "11111111-2222-3333-4444-555555555555"},
        {"exp": 1772438400},
        {"exp": None},
        {"nbf": 1772438401},
        {"key": "somebody else"},
    ],
)
def test_a_token_that_is_not_right_is_401_with_a_challenge(claims: dict[str, Any]) -> None:
    response = ask(World(), **claims)

    assert response.status_code == 401
    assert response.headers["WWW-Authenticate"].startswith("Bearer client_id=")
    assert response.read() == b""


def test_no_token_is_401() -> None:
    response = World().invoke("Get-OrganizationConfig", headers={"Authorization": ""})

    assert response.status_code == 401


def test_the_app_role_alone_is_403_with_nul_bytes_that_claim_to_be_gzip() -> None:
    response = ask(World(), wids=None)

    assert response.status_code == 403
    assert response.headers["Content-Encoding"] == "gzip"
    assert isinstance(response.stream, httpx.ByteStream)
    raw = b"".join(response.stream)
    assert len(raw) > 1000
    assert set(raw) == {0}


def test_a_client_that_decodes_the_403_is_punished() -> None:
    world = World()
    token = a_token(world.clock(), {"wids": None})
    body = {"CmdletInput": {"CmdletName": "Get-AcceptedDomain", "Parameters": {}}}

    with pytest.raises(httpx.DecodingError):
        world.client.post(
            f"/adminapi/beta/{TENANT_ID}/InvokeCommand",
            json=body,
            headers={"Authorization": f"Bearer {token}"},
        )


def test_the_app_role_of_another_api_generation_is_403_explained_in_a_header() -> None:
    response = ask(World(), roles=["Exchange.ManageAsAppV2"])

    assert response.status_code == 403
    assert response.headers["x-ms-diagnostics"].startswith('2000003;reason="')
    assert response.read() == b""


def test_an_unsupported_directory_role_opens_nothing() -> None:
    assert ask(World(), wids=["fe930be7-5e62-47db-91af-98c3a49a38b1"]).status_code == 403


def test_a_role_group_opens_the_second_gate_for_its_members_only() -> None:
    world = World()
    world.tenant.add_role_group("EAS Manager", members=[APP_ID], roles=["View-Only Recipients"])

    assert ask(world, "Get-MobileDevice", wids=None).status_code == 200
    assert ask(world, "Get-MobileDevice", wids=None, appid="somebody").status_code == 403
    assert ask(world, "Get-OrganizationConfig", wids=None).status_code == 403


def test_a_reader_may_not_write_and_an_unknown_cmdlet_looks_the_same() -> None:
    world = World()

    forbidden = ask(world, "Set-CASMailbox", wids=[GLOBAL_READER])
    unknown = ask(world, "Get-Weather", wids=[EXCHANGE_ADMINISTRATOR])

    assert (forbidden.status_code, unknown.status_code) == (403, 403)
    assert forbidden.headers["Content-Encoding"] == unknown.headers["Content-Encoding"] == "gzip"


@pytest.mark.parametrize("segment", [TENANT_ID.upper(), "contoso.onmicrosoft.com"])
def test_the_url_names_the_tenant_by_id_or_domain(segment: str) -> None:
    path = f"/adminapi/beta/{segment}/InvokeCommand"

    assert World().invoke("Get-AcceptedDomain", path=path).status_code == 200


@pytest.mark.parametrize(
    ("path", "status"),
    [
        (f"/adminapi/v1.0/{TENANT_ID}/InvokeCommand", 405),
        (f"/adminapi/v2.0/{TENANT_ID}/InvokeCommand", 404),
        (f"/adminapi/beta/{TENANT_ID}/Nothing", 404),
        ("/adminapi/beta/InvokeCommand", 404),
        ("/adminapi/beta/fabrikam.onmicrosoft.com/InvokeCommand", 401),
    ],
)
def test_other_addresses_lead_nowhere(path: str, status: int) -> None:
    assert World().invoke("Get-AcceptedDomain", path=path).status_code == status


def test_a_command_is_posted() -> None:
    world = World()
    headers = {"Authorization": f"Bearer {a_token(world.clock())}"}

    response = world.client.get(f"/adminapi/beta/{TENANT_ID}/InvokeCommand", headers=headers)

    assert response.status_code == 405


def module_file(world: World, **claims: object) -> httpx.Response:
    token = a_token(world.clock(), claims)
    headers = {"Authorization": f"Bearer {token}", "CommandName": "*"}
    url = f"/adminapi/v1.0/{TENANT_ID}/EXOModuleFile?Version=3.7.0"
    return world.client.get(url, headers=headers)


def test_the_module_file_lists_what_the_caller_may_run() -> None:
    [row] = body_of(module_file(World(), wids=[GLOBAL_READER]))["value"]
    cmdlets = row["exportedCmdlets"].split(",")

    assert "Get-MobileDevice" in cmdlets
    assert "Clear-MobileDevice" not in cmdlets


def test_the_module_file_answers_a_caller_without_roles_in_json() -> None:
    response = module_file(World(), wids=None)

    assert response.status_code == 401
    assert body_of(response)["error"]["code"] == "Unauthorized"
