"""What an offboarding has come to: step by step, what is not certain, what is left to do."""

from collections import Counter
from collections.abc import Iterable, Iterator

from shared.devices.offboarding import OF_PHONE, OffboardingRun, Outcome, Result, Step
from shared.devices.offboarding_words import REMEDIES, UNSURE
from shared.devices.tenant_change import Image

SHOWN = 10  # phones; what came of each further one stands in an operation of its own
LONGEST = 240  # characters of a sentence that others wrote


def report(run: OffboardingRun) -> Image:
    """Return it as it is shown, kept with the operation, and told."""
    phones = run.phones or ()
    return {
        "mailbox": run.order.mailbox,
        "user": run.user,
        "directory_id": run.directory_id,
        "counts": {step.value: _counts(run, step) for step in Step},
        "steps": {step.value: _shown(result) for step, result in run.results.items()},
        "devices": [
            {
                "device_id": phone.device_id,
                "steps": {step.value: _shown(result) for step, result in phone.results.items()},
            }
            for phone in phones[:SHOWN]
        ],
        "more_devices": [phone.device_id for phone in phones[SHOWN:]],
        "uncertain": _sentences(run, unsure=True),
        "to_do": _sentences(run, unsure=False),
    }


def says(run: OffboardingRun) -> str:
    """Return the report in a line: what came of each step, of how many phones."""
    told = [f"{step.value}: {_counted(run, step)}" for step in Step if _counts(run, step)]
    return "; ".join([*filter(None, [run.why, run.unlisted]), *told])


def _counted(run: OffboardingRun, step: Step) -> str:
    counts = _counts(run, step)
    if step not in OF_PHONE or sum(counts.values()) == 1:
        return next(iter(counts))
    return ", ".join(f"{outcome} ({count})" for outcome, count in counts.items())


def _counts(run: OffboardingRun, step: Step) -> dict[str, int]:
    found = Counter(result.outcome for result in _of(run, step))
    return {outcome.value: found[outcome] for outcome in Outcome if found[outcome]}


def _of(run: OffboardingRun, step: Step) -> Iterator[Result]:
    holders = [phone.results for phone in run.phones or ()] if step in OF_PHONE else [run.results]
    return (results[step] for results in holders if step in results)


def _shown(result: Result) -> dict[str, str]:
    return {
        "outcome": result.outcome.value,
        "says": result.says[:LONGEST],
        "at": result.at.isoformat(),
    }


def _sentences(run: OffboardingRun, *, unsure: bool) -> list[str]:
    """Return each sentence once, in the order of the steps."""
    told = [run.unlisted] if run.unlisted and unsure else []
    for step in Step:
        for result in _of(run, step):
            told.extend(_about(step, result, unsure=unsure))
    return [each[:LONGEST] for each in dict.fromkeys(told)][: 2 * SHOWN]


def _about(step: Step, result: Result, *, unsure: bool) -> Iterable[str]:
    own = result.unsure if unsure else result.remedy
    usual = (UNSURE if unsure else REMEDIES).get((step, result.outcome), "")
    return filter(None, [own or usual])
