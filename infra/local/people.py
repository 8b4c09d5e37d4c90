"""Who may sign in to the local world, and how a program does it."""

import json
from dataclasses import asdict
from pathlib import Path

import httpx

from infra.local import contoso
from infra.local.host.easy_auth import CALLBACK, Person

CLIENT_ID = "a3f4f0b2-5d4e-4f7c-9c0e-0d4b8f7a6e51"  # of the registration that people sign in to


def _person(number: int, name: str, *roles: str) -> Person:
    return Person(
        object_id=f"9a6d1c3e-0000-4000-8000-00000000000{number}",
        name=name,
        user_principal_name=f"{name.split(maxsplit=1)[0].lower()}@{contoso.DOMAIN}",
        roles=roles,
    )


PEOPLE = {
    "viewer": _person(1, "Vera Viewer", "Viewer"),
    "operator": _person(2, "Otto Operator", "Operator"),
    "approver": _person(3, "Anna Approver", "Approver"),
    "approver2": _person(4, "Aron Approver", "Approver"),
    "nobody": _person(5, "Noel Newcomer"),
}


def registration() -> str:
    """Return what the host's sign-in needs to know, as JSON."""
    people = {key: asdict(person) for key, person in PEOPLE.items()}
    return json.dumps({"tenant_id": contoso.TENANT_ID, "client_id": CLIENT_ID, "people": people})


def written(folder: Path) -> Path:
    """Write down who may sign in, for the host."""
    file = folder / "sign-in.json"
    file.write_text(registration())
    return file


def settings() -> dict[str, str]:
    """Return the app setting that says where people come from."""
    return {"SIGN_IN_TENANT_ID": contoso.TENANT_ID}


def says(url: str, who: str, operation_id: str, word: str) -> int:
    """Let somebody sign in and approve, refuse or cancel an operation; return the status."""
    with httpx.Client(timeout=30.0, base_url=url) as client:
        page = signed_in(url, client, who)
        answer = page.post(f"/api/portal/api/operations/{operation_id}/{word}", json={})
        return answer.status_code


def signed_in(url: str, client: httpx.Client, who: str) -> httpx.Client:
    """Sign *client* in at the app's own address, and let it speak as a browser does."""
    answer = client.post(f"{url}{CALLBACK}", data={"person": who}, follow_redirects=False)
    if answer.status_code != httpx.codes.FOUND:
        raise LookupError(f"{who} cannot sign in: {answer.status_code}")
    client.headers.update({"X-Requested-With": "easgate", "Origin": url})
    return client
