"""The PowerShell lines hold the values, and nothing in a value can become PowerShell."""

import argparse
import io
import time

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.azure.onboarding import arguments
from infra.azure.onboarding.certificate import CertificateVault
from infra.azure.onboarding.command import Surroundings, onboard
from infra.azure.onboarding.permissions import UserCertificates
from infra.azure.onboarding.powershell import QUOTES, quoted, script
from infra.azure.onboarding.wanted import ROLES, Wanted

HOSTILE = "x'; Remove-Item -Recurse C:\\; \u2019$(whoami)\u2018 `\"|"


def read_back(literal: str) -> str:
    """Read a single-quoted string as PowerShell does; fail if it ends before its end."""
    assert literal[0] == literal[-1] == "'"
    inner, text = literal[1:-1], ""
    while inner:
        if inner[0] in QUOTES:
            assert len(inner) > 1, "the string ends here"
            assert inner[1] in QUOTES, "the string ends here"
            text, inner = text + inner[0], inner[2:]
        else:
            text, inner = text + inner[0], inner[1:]
    return text


@given(st.text(alphabet=st.sampled_from('ab $`"();' + QUOTES), max_size=20))
def test_a_quoted_text_is_read_back_as_it_was(text: str) -> None:
    assert read_back(quoted(text)) == text


def test_hostile_names_and_filters_stand_in_quotes() -> None:
    wanted = Wanted(name=HOSTILE, scope_filter=f"Office -eq '{HOSTILE}'")

    lines = script(wanted, tenant=HOSTILE, certificate=["$certificate = @()"])

    for text in (wanted.scope_filter, wanted.role_group, wanted.scope, HOSTILE):
        assert quoted(text) in lines
        lines = lines.replace(quoted(text), "")
    assert "Remove-Item" not in lines
    assert "whoami" not in lines


def test_the_lines_do_what_the_program_does() -> None:
    lines = script(
        Wanted(name="easgate", scope_filter="Office -eq 'x'"),
        tenant="contoso.onmicrosoft.com",
        certificate=["$certificate = @()"],
    )

    for cmdlet in (
        *("Connect-MgGraph", "New-MgApplication", "Update-MgApplication"),
        *("New-MgServicePrincipal ", "New-MgServicePrincipalAppRoleAssignment"),
        *("Connect-ExchangeOnline", "New-ServicePrincipal", "New-ManagementScope"),
        *("New-RoleGroup", "Add-RoleGroupMember"),
    ):
        assert cmdlet in lines
    assert ",".join(f"'{role}'" for role in ROLES) in lines
    assert "-CustomRecipientWriteScope 'easgate managed mailboxes'" in lines


def test_permissions_in_graph_are_asked_for_and_granted_by_their_names() -> None:
    wanted = Wanted(name="easgate", user_certificates=(UserCertificates.OFFBOARD,))
    lines = script(wanted, tenant="t", certificate=[]).splitlines()

    [chosen] = [line for line in lines if "$graph.AppRoles" in line]
    for name in ("User.EnableDisableAccount.All", "User.Read.All", "User.RevokeSessions.All"):
        assert f"'{name}'" in chosen
    [merged] = [line for line in lines if line.startswith("$access = @($access")]
    changed = next(line for line in lines if line.startswith("Update-MgApplication"))
    assert lines.index(chosen) < lines.index(merged) < lines.index(changed)
    assert "foreach ($role in $roles)" in "\n".join(lines)
    assert "$graph" not in script(Wanted(name="easgate"), tenant="t", certificate=[])


def test_without_a_filter_there_is_no_scope_and_with_a_client_id_no_new_application() -> None:
    chosen = "5b9f2a1e-6f0a-4a51-9d5f-3f1f0f7c2002"

    lines = script(Wanted(name="easgate", client_id=chosen), tenant="t", certificate=[])

    assert "Scope " not in lines
    assert "New-MgApplication" not in lines
    assert f"'appId eq ''{chosen}'''" in lines


@pytest.mark.parametrize(("more", "code"), [((), 0), (("--undo",), 1)])
def test_the_lines_are_printed_without_any_sign_in(more: tuple[str, ...], code: int) -> None:
    def nobody(request: httpx.Request) -> httpx.Response:
        raise AssertionError(request.url)

    def nowhere(url: str) -> CertificateVault:
        raise AssertionError(url)

    parser, out = argparse.ArgumentParser(), io.StringIO()
    arguments.add(parser)
    chosen = parser.parse_args(
        ["--tenant", "t", "--vault", "https://kv-1.vault.azure.net", "--powershell", *more]
    )
    with httpx.Client(transport=httpx.MockTransport(nobody)) as http:
        around = Surroundings(out=out, ask=input, http=http, vault=nowhere, sleep=time.sleep)
        assert onboard(chosen, around) == code

    assert ("-VaultName 'kv-1' -Name 'easgate'" in out.getvalue()) == (code == 0)
