"""Reads the audit's files, and says what is wrong with them; asks nobody."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from cryptography.x509 import Certificate

from shared.audit import sealing, verify
from shared.audit.record import Head
from shared.audit.verify import Chain, Finding

ENDING = ".jsonl"


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What is known from elsewhere about a chain."""

    certificates: tuple[Certificate, ...] = ()
    heads: tuple[Head, ...] = ()
    is_partial: bool = False


def run(path: Path, known: Known, out: TextIO) -> int:
    """Verify every chain below *path*; return the exit code."""
    groups = _groups(path)
    if not groups:
        print(f"stopped: there is no {ENDING} file in {path}", file=out)
        return 2
    if known.heads and len(groups) > 1:
        print("stopped: a head is one tenant's; name that one's folder", file=out)
        return 2
    return max(_run(name, files, known, out) for name, files in sorted(groups.items()))


def _run(name: str, files: Sequence[Path], known: Known, out: TextIO) -> int:
    lines = [each for file in sorted(files) for each in verify.read(str(file), file.read_bytes())]
    chain = verify.verify(lines, is_partial=known.is_partial)
    findings = [
        *chain.findings,
        *verify.reaches(chain, known.heads),
        *sealing.examine(chain, known.certificates),
    ]
    for each in findings:
        print(_told(each), file=out)
    print(f"{name}: {_summed_up(chain, known)}", file=out)
    print(f"{name}: {f'{len(findings)} things are wrong' if findings else 'sound'}", file=out)
    return 1 if findings else 0


def _groups(path: Path) -> dict[str, list[Path]]:
    """Return the files of each chain: those of one folder."""
    if path.is_file():
        return {path.name: [path]}
    groups: dict[str, list[Path]] = defaultdict(list)
    for file in path.rglob(f"*{ENDING}"):
        groups[file.parent.name].append(file)
    return groups


def _told(finding: Finding) -> str:
    place = finding.place
    which = f"record {finding.seq}" if finding.seq else "a line"
    return f"{place.file}:{place.line}: {which}: {finding.fault}: {finding.says}"


def _summed_up(chain: Chain, known: Known) -> str:
    seal = sealing.newest(chain)
    told = [f"{len(chain.records)} records", f"head {chain.head.seq}:{chain.head.hash}"]
    if seal is None:
        told.append("no seal")
    else:
        checked = "" if known.certificates else " (signatures not looked at: no --certificate)"
        told.append(f"sealed by record {seal.seq} of {seal.at}{checked}")
    if chain.repeats:
        told.append(f"repeats of a step: records {', '.join(str(r.seq) for r in chain.repeats)}")
    return "; ".join(told)
