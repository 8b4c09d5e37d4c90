"""Rotations as they are told of and set up: events, and the settings of a tenant."""

import json
from collections.abc import Callable
from datetime import timedelta

import httpx
import pytest

from shared.credentials.rotation import Phase, Rotation
from shared.events import rotations
from shared.events.catalogue import Event
from shared.events.publisher import Publisher
from tests.unit.builders import CLIENT, NOW, TENANT
from tests.unit.test_config import complaint, settings, tenants
from tests.unit.test_rotation import NEW, OLD, a_rotation

ENDED: dict[Phase, Callable[[Rotation], Event]] = {
    Phase.DONE: rotations.certificate_rotated,
    Phase.FAILED: rotations.certificate_rotation_failed,
}


def an_end(phase: Phase, **changes: object) -> Rotation:
    return a_rotation(phase=phase, new=NEW, switched_at=NOW, **changes)


def test_a_rotation_is_told_with_both_versions_and_what_is_left_to_do() -> None:
    """No key id and no token: what is told is public."""
    taken: list[httpx.Request] = []
    publisher = Publisher(
        httpx.Client(transport=httpx.MockTransport(lambda sent: _taken(taken, sent))),
        endpoint="https://topic.example/api/events",
        source="urn:easgate:test",
        token=lambda _: "secret",
    )

    publisher.certificate_rotated(an_end(Phase.DONE, why="w", remedy="r"))
    publisher.certificate_rotation_failed(an_end(Phase.FAILED, why="w", remedy="r"))

    done, failed = (json.loads(request.content) for request in taken)
    assert done["type"] == "easgate.certificate.rotated.v1"
    assert failed["type"] == "easgate.certificate.rotation_failed.v1"
    assert done["subject"] == f"apps/{CLIENT}/rotations/r1"
    assert done["data"] == failed["data"]
    assert done["data"] == {
        "tenant_id": TENANT,
        "client_id": CLIENT,
        "certificate_name": "easgate",
        "rotation_id": "r1",
        "asked_by": "timer",
        "old": _told(OLD.version, OLD.thumbprint),
        "new": _told(NEW.version, NEW.thumbprint),
        "switched_at": "2026-05-04T10:00:00Z",
        "reason": "w",
        "remedy": "r",
    }


@pytest.mark.parametrize("phase", ENDED)
def test_each_end_of_each_rotation_has_one_id(phase: Phase) -> None:
    """However often it is told, and by whichever worker."""
    tell = ENDED[phase]

    assert tell(an_end(phase)).id == tell(an_end(phase, told_at=NOW, etag="x")).id
    others = {
        each(an_end(end, rotation_id=name)).id for end, each in ENDED.items() for name in "ab"
    }
    assert len(others) == 4


@pytest.mark.parametrize("phase", [phase for phase in Phase if phase not in ENDED])
def test_what_has_not_ended_is_not_told(phase: Phase) -> None:
    """Neither well nor badly; and what ended one way is not told the other way."""
    for end, tell in ENDED.items():
        for wrong in {phase, *ENDED} - {end}:
            with pytest.raises(ValueError, match="rotation"):
                tell(an_end(wrong))


def test_a_rotation_that_found_no_successor_is_told_without_one() -> None:
    """It failed before there was any."""
    failed = a_rotation(phase=Phase.FAILED, why="w")

    assert rotations.certificate_rotation_failed(failed).data["new"] is None


def test_a_tenant_may_set_how_it_is_rotated() -> None:
    """Unless it does, the old key lasts a day more, and goes a month before its end."""
    usual = settings().tenants[TENANT]
    limits = {"certificate_overlap": 48, "rotate_ahead": 60}
    own = settings(TENANTS=tenants(limits=limits)).tenants[TENANT]

    assert (usual.certificate_overlap, usual.rotate_ahead) == (
        timedelta(hours=24),
        timedelta(days=30),
    )
    assert (own.certificate_overlap, own.rotate_ahead) == (timedelta(hours=48), timedelta(days=60))
    # A message can be put off for a week, no longer.
    assert "certificate_overlap" in complaint(TENANTS=tenants(limits={"certificate_overlap": 161}))
    assert "rotate_ahead" in complaint(TENANTS=tenants(limits={"rotate_ahead": -1}))


def test_an_app_may_be_told_its_object_id() -> None:
    """In lower case, as Graph writes it."""
    object_id = "ABCDEF00-0000-4000-8000-000000000001"
    found = settings(TENANTS=tenants(application_object_id=object_id)).tenants[TENANT]

    assert found.app.object_id == object_id.lower()
    assert settings().tenants[TENANT].app.object_id == ""
    assert "application_object_id" in complaint(TENANTS=tenants(application_object_id="app"))


def _taken(taken: list[httpx.Request], sent: httpx.Request) -> httpx.Response:
    taken.append(sent)
    return httpx.Response(200)


def _told(version: str, thumbprint: str) -> dict[str, object]:
    return {
        "version": version,
        "thumbprint_sha256": thumbprint,
        "expires_at": OLD.expires_at.isoformat().replace("+00:00", "Z"),
    }
