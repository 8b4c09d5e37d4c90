"""
Build the zip that is deployed: the app without what .funcignore names.

Azure installs requirements.txt when it gets the zip (a remote build), so no package is in it.
The same files make the same bytes, whenever and wherever they are packed.
"""

import os
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

from pathspec import GitIgnoreSpec

IGNORE_FILE = ".funcignore"
THE_DAWN_OF_ZIP = (1980, 1, 1, 0, 0, 0)  # no file in a zip can be older
READABLE_FILE = 0o100644 << 16  # where a zip keeps Unix's file type and rights
MADE_ON_UNIX = 3


def run(checkout: Path, output: Path, out: TextIO) -> int:
    """Build it and say how large it is; return the exit code."""
    names = build(checkout, output)
    print(f"{output}: {len(names)} files, {output.stat().st_size / 1024:.0f} KB", file=out)
    return 0


def build(checkout: Path, output: Path) -> list[str]:
    """Pack *checkout* into *output*; return the names of what is in it."""
    names = sorted(name for name in contents(checkout) if checkout / name != output.absolute())
    with zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name in names:
            archive.writestr(_entry(name), (checkout / name).read_bytes())
    return names


def contents(checkout: Path) -> Iterator[str]:
    """Yield the files to deploy, relative to the checkout and with slashes."""
    ignored = GitIgnoreSpec.from_lines((checkout / IGNORE_FILE).read_text().splitlines())
    for folder, folders, files in os.walk(checkout):
        here = Path(folder).relative_to(checkout)
        # As in git, nothing inside an ignored folder can be brought back.
        folders[:] = [
            each for each in folders if not ignored.match_file(f"{(here / each).as_posix()}/")
        ]
        names = ((here / each).as_posix() for each in files)
        yield from (name for name in names if not ignored.match_file(name))


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, THE_DAWN_OF_ZIP)
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.external_attr = READABLE_FILE
    entry.create_system = MADE_ON_UNIX
    return entry
