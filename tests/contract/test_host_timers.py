"""Timer functions on the embedded host: past due once, at startup, again after a failure."""

import json
from contextlib import suppress

import httpx
from azure.core.exceptions import ResourceExistsError
from azure.storage.blob import BlobServiceClient

from tests.contract.host_world import World, until

CONTAINER = "azure-webjobs-hosts"


def status_path(world: World, function: str) -> str:
    return (
        f"timers/{world.settings['AzureFunctionsWebHost__hostid']}/Host.Functions.{function}/status"
    )


def store(world: World, function: str, *, last: str, following: str) -> None:
    """Leave the status that a host of last year would have left."""
    blobs = BlobServiceClient.from_connection_string(world.storage)
    with suppress(ResourceExistsError):
        blobs.create_container(CONTAINER)
    content = json.dumps({"Last": last, "Next": following, "LastUpdated": last})
    blobs.get_blob_client(CONTAINER, status_path(world, function)).upload_blob(content)


def stored(world: World, function: str) -> dict[str, str]:
    blobs = BlobServiceClient.from_connection_string(world.storage)
    blob = blobs.get_blob_client(CONTAINER, status_path(world, function))
    content: dict[str, str] = json.loads(blob.download_blob().readall())
    return content


def test_a_new_timer_waits_and_remembers_when_it_is_due(world: World) -> None:
    with world.host():
        world.until_recorded("new_year")

    assert world.records("beat") == []
    assert stored(world, "beat")["Next"].endswith("-01-01T00:00:00+00:00")


def test_a_timer_that_missed_several_occurrences_runs_once(world: World) -> None:
    store(world, "beat", last="2023-05-05T05:05:05+00:00", following="2024-01-01T00:00:00+00:00")
    with world.host():
        world.until_recorded("beat")
        until(lambda: not stored(world, "beat")["Next"].startswith("2024"), world.log)

    (seen,) = world.records("beat")
    assert seen["past_due"] is True
    assert seen["status"]["Next"] == "2024-01-01T00:00:00+00:00"


def test_a_timer_whose_schedule_has_changed_is_not_past_due(world: World) -> None:
    store(world, "beat", last="2023-05-05T05:05:05+00:00", following="2023-05-05T05:10:00+00:00")
    with world.host():
        world.until_recorded("new_year")
        until(lambda: not stored(world, "beat")["Next"].startswith("2023"), world.log)

    assert world.records("beat") == []


def test_run_on_startup_runs_at_each_start(world: World) -> None:
    for _ in range(2):
        with world.host():
            world.until_recorded("new_year")

    assert [seen["past_due"] for seen in world.records("new_year")] == [False, False]


def test_a_failing_timer_goes_on_each_second_without_a_stored_status(world: World) -> None:
    world.settings["BEAT"] = "* * * * * *"
    with world.host():
        beats = world.until_recorded("beat", 2)

    assert [seen["status"] for seen in beats[:2]] == [{}, {}]
    assert beats[1]["at"] - beats[0]["at"] < 1.5


def test_a_timer_can_be_run_by_hand(world: World) -> None:
    with world.host() as host:
        answer = httpx.post(f"{host.url}/admin/functions/beat", json={"input": ""})
        world.until_recorded("beat")

    assert answer.status_code == 202


def test_a_retry_policy_repeats_the_call_and_says_which_attempt_it_is(world: World) -> None:
    with world.host() as host:
        httpx.post(f"{host.url}/admin/functions/stubborn", json={"input": ""})
        attempts = world.until_recorded("stubborn", 3)

    told = [(seen["attempt"], seen["failure"]) for seen in attempts]
    assert told == [(0, None), (1, "attempt 0"), (2, "attempt 1")]
