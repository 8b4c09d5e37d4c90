"""Puts the steps together, in the order in which they build on each other."""

import argparse
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import httpx

from infra.azure.onboarding import purposes, tenant
from infra.azure.onboarding.access import AccessStep
from infra.azure.onboarding.application import ApplicationStep
from infra.azure.onboarding.certificate import CertificateVault, FileStep, VaultStep
from infra.azure.onboarding.consent import ConsentStep
from infra.azure.onboarding.exchange import Cmdlets, PersonalBearer
from infra.azure.onboarding.exchange_principal import ExchangePrincipalStep
from infra.azure.onboarding.graph import Graph
from infra.azure.onboarding.key import KeyStep
from infra.azure.onboarding.known import Known
from infra.azure.onboarding.patience import Patience
from infra.azure.onboarding.permissions import Permission, Roles, UserCertificates, needed
from infra.azure.onboarding.principal import PrincipalStep
from infra.azure.onboarding.role_group import MemberStep, RoleGroupStep
from infra.azure.onboarding.sign_in import SignIn
from infra.azure.onboarding.steps import Step
from infra.azure.onboarding.tenant import Tenant
from infra.azure.onboarding.wanted import Wanted
from infra.azure.onboarding.write_scope import WriteScopeStep
from shared.clouds import CLOUDS
from shared.exchange.transport import Transport


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """What leads out of this process."""

    http: httpx.Client
    vault: Callable[[str], CertificateVault]  # by its address
    patience: Patience


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """A tenant, its steps, and what they know; the first steps are not in Exchange."""

    tenant: Tenant
    steps: tuple[Step, ...]
    in_exchange: tuple[Step, ...]
    cmdlets: Cmdlets
    known: Known


def assembled(chosen: argparse.Namespace, wanted: Wanted, reach: Reach) -> Parts:
    """Sign in and put the parts together; Rejected if it is another tenant."""
    cloud = CLOUDS[chosen.cloud]
    authority = f"{cloud.authority_host}/{chosen.tenant}"
    sign_in = SignIn(authority=authority, http=reach.http, tell=reach.patience.tell)
    on_graph = partial(sign_in.token, purposes.for_graph(chosen, cloud))
    in_exchange = partial(sign_in.token, purposes.for_exchange(chosen, cloud))
    graph = Graph(reach.http, cloud.graph, on_graph, reach.patience)
    found = tenant.read(graph, chosen.tenant)
    cmdlets = Cmdlets(
        Transport(
            reach.http,
            base_url=cloud.exchange,
            tenant_id=found.tenant_id,
            bearer=PersonalBearer(in_exchange),
        )
    )
    known = Known()
    last = _in_exchange(cmdlets, wanted, known)
    return Parts(
        tenant=found,
        steps=(
            _certificate(chosen, known, reach),
            *_in_entra(
                graph, wanted, known, login=authority, permissions=_concerned(chosen, wanted)
            ),
            *last,
        ),
        in_exchange=last,
        cmdlets=cmdlets,
        known=known,
    )


def _certificate(chosen: argparse.Namespace, known: Known, reach: Reach) -> Step:
    if chosen.certificate_file is not None:
        return FileStep(file=chosen.certificate_file, known=known)
    return VaultStep(vault=reach.vault(chosen.vault), name=chosen.certificate, known=known)


def _concerned(chosen: argparse.Namespace, wanted: Wanted) -> tuple[Permission, ...]:
    """Return the permissions that this run is about; what is taken back is all that was given."""
    return needed(UserCertificates) if chosen.undo else wanted.permissions


def _in_entra(
    graph: Graph, wanted: Wanted, known: Known, *, login: str, permissions: tuple[Permission, ...]
) -> tuple[Step, ...]:
    roles = Roles(graph=graph)
    return (
        ApplicationStep(graph=graph, wanted=wanted, known=known),
        KeyStep(graph=graph, known=known),
        AccessStep(graph=graph, known=known, wanted=permissions, roles=roles),
        PrincipalStep(graph=graph, known=known),
        ConsentStep(
            graph=graph,
            wanted=wanted,
            known=known,
            permissions=permissions,
            roles=roles,
            login=login,
        ),
    )


def _in_exchange(cmdlets: Cmdlets, wanted: Wanted, known: Known) -> tuple[Step, ...]:
    return (
        ExchangePrincipalStep(cmdlets=cmdlets, wanted=wanted, known=known),
        WriteScopeStep(cmdlets=cmdlets, wanted=wanted, known=known),
        RoleGroupStep(cmdlets=cmdlets, wanted=wanted, known=known),
        MemberStep(cmdlets=cmdlets, wanted=wanted, known=known),
    )
