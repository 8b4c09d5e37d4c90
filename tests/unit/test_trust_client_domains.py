"""How domains and their federation in Microsoft Graph are read and changed."""

import httpx
import pytest

from shared.errors import NotFound
from shared.trust.federation import Domain, Federation, PromptLogin
from tests.unit.graph_answers import a_refusal
from tests.unit.trust_answers import a_trust, page

FEDERATION = "domains/contoso.example/federationConfiguration"
PATCH = f"PATCH {FEDERATION}/fed-1"
GONE = a_refusal(404, "Request_ResourceNotFound")


def a_domain(name: str = "contoso.example", **changes: object) -> dict[str, object]:
    """Return a domain as Graph shows it."""
    shown = {"id": name, "authenticationType": "Federated", "isVerified": True, "isRoot": True}
    return {**shown, **changes}


def federated(behavior: object = "nativeSupport") -> httpx.Response:
    """Return how a domain is federated."""
    shown = {
        "@odata.type": "#microsoft.graph.internalDomainFederation",
        "id": "fed-1",
        "issuerUri": "http://contoso.example/adfs/services/trust",
        "promptLoginBehavior": behavior,
        "signingCertificate": "MIIE3jCCAsagAwIBAgIQQcyDaZz3MI",
    }
    return page(shown)


def test_domains_are_listed_with_how_they_are_federated() -> None:
    """Of those that are not, it is not asked."""
    managed = a_domain("m.example", authenticationType="Managed", isVerified=False)
    trust, graph = a_trust(
        {"GET domains": page(a_domain(), managed), f"GET {FEDERATION}": federated()}
    )
    assert trust.domains() == (
        Domain(
            name="contoso.example",
            is_federated=True,
            is_verified=True,
            federation=Federation(configuration_id="fed-1", prompt_login=PromptLogin.NATIVE),
        ),
        Domain(name="m.example", is_federated=False, is_verified=False),
    )
    assert len(graph.requests) == 2


@pytest.mark.parametrize(
    ("told", "known", "unknown"),
    [
        ("disabled", PromptLogin.DISABLED, ""),
        ("TranslateToFreshPasswordAuthentication", PromptLogin.TRANSLATE, ""),
        (None, None, ""),
        ("", None, ""),
        ("somethingNew", None, "somethingNew"),
    ],
)
def test_behaviours_are_told_apart(told: object, known: PromptLogin | None, unknown: str) -> None:
    """None is not what a value that we do not know is."""
    trust, _ = a_trust({"GET domains": page(a_domain()), f"GET {FEDERATION}": federated(told)})
    (found,) = trust.domains()
    assert found.federation == Federation(
        configuration_id="fed-1", prompt_login=known, unknown_prompt_login=unknown
    )


@pytest.mark.parametrize("answer", [page(), GONE])
def test_federated_domain_of_which_nothing_is_configured_has_none(answer: httpx.Response) -> None:
    trust, _ = a_trust({"GET domains": page(a_domain()), f"GET {FEDERATION}": answer})
    (found,) = trust.domains()
    assert (found.is_federated, found.federation) == (True, None)


@pytest.mark.parametrize(
    ("standing", "wanted", "sent"),
    [
        ("nativeSupport", PromptLogin.DISABLED, "disabled"),
        (None, PromptLogin.DISABLED, "disabled"),
        ("disabled", None, None),
        ("somethingNew", None, None),
    ],
)
def test_behaviour_is_set_and_nothing_else_is(
    standing: object, wanted: PromptLogin | None, sent: object
) -> None:
    changed = httpx.Response(200, json={"id": "fed-1"})
    trust, graph = a_trust({f"GET {FEDERATION}": federated(standing), PATCH: changed})
    trust.set_prompt_login("contoso.example", wanted)
    assert graph.writes == [(PATCH, {"promptLoginBehavior": sent})]


@pytest.mark.parametrize(("standing", "wanted"), [("disabled", PromptLogin.DISABLED), (None, None)])
def test_behaviour_that_stands_is_not_set_again(
    standing: object, wanted: PromptLogin | None
) -> None:
    trust, graph = a_trust({f"GET {FEDERATION}": federated(standing)})
    trust.set_prompt_login("contoso.example", wanted)
    assert graph.writes == []


@pytest.mark.parametrize("answer", [page(), GONE])
def test_domain_that_is_not_federated_has_no_behaviour(answer: httpx.Response) -> None:
    trust, graph = a_trust({f"GET {FEDERATION}": answer})
    with pytest.raises(NotFound, match=r"contoso\.example"):
        trust.set_prompt_login("contoso.example", PromptLogin.DISABLED)
    assert graph.writes == []
