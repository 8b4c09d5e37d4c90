"""What a rotation reaches Exchange and storage through: the trial, and the records on a table."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, cast
from uuid import uuid4

import pytest
from azure.data.tables import TableServiceClient

from shared.credentials.certificate import REQUIRED_ROLE, App, Certificate
from shared.credentials.rotation import Phase
from shared.errors import Contended, Misconfigured
from shared.exchanges import Surroundings, Trial
from shared.identity.login import Token
from shared.records.certificates import Certificates
from shared.records.rotations import Rotations
from shared.records.tables import Table
from tests.contract.exchange_world import BASE, TENANT_ID, World, a_token
from tests.contract.rotation_world import Scene
from tests.unit.certificates import a_successor, an_app
from tests.unit.test_rotation_records import a_rotation

if TYPE_CHECKING:
    from shared.events.publisher import Publisher
    from shared.exchange.share import Board
    from shared.identity.tokens import Tokens

APP = an_app(tenant_id=TENANT_ID)


@dataclass
class OneCertificateTokens:
    """Tokens past every cache, noting whose they are."""

    make: Callable[[], str]
    asked: list[tuple[App, Certificate]] = field(default_factory=list)

    def acquire(self, app: App, certificate: Certificate) -> Token:
        """Return a token."""
        self.asked.append((app, certificate))
        expires_at = World().clock() + timedelta(hours=1)
        return Token(text=self.make(), expires_at=expires_at)


def a_trial(world: World, tokens: OneCertificateTokens) -> Trial:
    around = Surroundings(
        base_url=BASE,
        tokens=cast("Tokens", tokens),
        board=cast("Board", None),
        paces=lambda _: (),
        events=cast("Publisher", None),
        clock=world.clock,
    )
    return Trial(http=world.client, around=around)


def test_exchange_is_asked_with_the_certificate_on_trial() -> None:
    """And with no other."""
    world = World()
    tokens = OneCertificateTokens(lambda: a_token(world.clock()))

    a_trial(world, tokens).answers(APP, a_successor())

    assert tokens.asked == [(APP, a_successor())]
    assert len(world.exchange.calls) == 1


def test_a_certificate_whose_tokens_exchange_refuses_fails_the_trial() -> None:
    """One more token is tried, past every cache too."""
    world = World()
    tokens = OneCertificateTokens(lambda: a_token(world.clock(), key="impostor"))

    with pytest.raises(Misconfigured):
        a_trial(world, tokens).answers(APP, a_successor())

    assert tokens.asked == [(APP, a_successor())] * 2


def test_a_token_without_the_role_is_not_taken_for_a_bad_certificate() -> None:
    """Another certificate would fare no better: it is for an administrator to mend."""
    scene = Scene()
    scene.knows_its_object_id()
    scene.directory.add_application(scene.app.client_id, tenant_id=scene.app.tenant_id)
    scene.order("r1")

    failed = scene.closed()

    assert failed.phase is Phase.FAILED
    assert REQUIRED_ROLE in failed.why


def test_rotations_are_guarded_by_a_real_table(storage: str) -> None:
    """What is stored comes back, and a step on top of another's is refused."""
    service = TableServiceClient.from_connection_string(storage)
    rotations = Rotations(Table(service, f"rotations{uuid4().hex}"))
    begun = rotations.open(a_rotation())

    assert rotations.open(a_rotation("r2")) == begun == rotations.last(begun.app.tenant_id)
    rotations.save(begun)
    with pytest.raises(Contended):
        rotations.save(begun)


def test_a_pin_moves_once_on_a_real_table(storage: str) -> None:
    """Of two workers that would move it, one does."""
    service = TableServiceClient.from_connection_string(storage)
    pins = Certificates(Table(service, f"certificates{uuid4().hex}"))
    pins.pin(TENANT_ID, "v1")

    pins.move(TENANT_ID, old="v1", new="v2")
    with pytest.raises(Contended):
        pins.move(TENANT_ID, old="v1", new="v3")

    assert pins.active(TENANT_ID) == "v2"
