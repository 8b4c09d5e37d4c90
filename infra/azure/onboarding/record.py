"""
What this kit has made, noted down in the tags of the application.

Not in a file: whoever takes the set-up back may sit at another machine, and a tag cannot be
lost while there is something left to take back. A tag is written before the thing it names
is made, so a run that dies in between loses track of nothing.
"""

from collections.abc import Collection, Iterable

TAG = "easgate"  # by which an application is known as ours
_MADE = "easgate-made-"


def tags(existing: Iterable[str], marks: Iterable[str]) -> list[str]:
    """Return the tags with our record of *marks* added to them."""
    kept = list(existing)
    ours = [TAG, *(f"{_MADE}{mark}" for mark in sorted(marks))]
    return kept + [tag for tag in ours if tag not in kept]


def others(existing: Iterable[str]) -> list[str]:
    """Return the tags that are not ours."""
    return [tag for tag in existing if tag != TAG and not tag.startswith(_MADE)]


def made(existing: Collection[str], mark: str) -> bool:
    """Tell whether this kit made it."""
    return f"{_MADE}{mark}" in existing


def marks(existing: Iterable[str], beginning: str) -> list[str]:
    """Return the marks that begin like this."""
    wanted = f"{_MADE}{beginning}"
    return [tag.removeprefix(_MADE) for tag in existing if tag.startswith(wanted)]
