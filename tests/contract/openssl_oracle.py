"""
What OpenSSL says about the corpus: a second opinion, by programs that know nothing of ours.

`openssl crl -verify` looks neither at dates nor at extensions: dates are compared here, and
the stricter question is put to `openssl verify -crl_check`. Where there is no OpenSSL 3, each
question skips the test that asks it.
"""

import base64
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path

import pytest

from tests.contract.trust_questions import ChainCase, CrlCase, ListingCase

_NOTHING_ELSE = ("-no-CApath", "-no-CAstore")  # this machine's own trust has no say
_NEVER = "NONE"
_REVOKED = "certificate revoked"
_WHY = re.compile(r"error \d+ at \d+ depth lookup: (?P<why>.+)")
_ENTRY = re.compile(
    r"Serial Number: (?P<serial>[0-9A-F]+)\n(?P<more>(?: {8,}.*\n)*)",
)
_REASON = re.compile(r"CRL Reason Code: *\n +(?P<reason>.+)")


@dataclass(frozen=True)
class Verdict:
    """Yes or no, and OpenSSL's words about it."""

    ok: bool
    says: str


def chain_verdict(case: ChainCase, *, auth_level: int = 2) -> Verdict:
    """
    Tell whether the leaf verifies up to one of the roots.

    From level 1 on, SHA-1 and RSA keys of 1024 bits are too weak; level 0 takes them.
    """
    with tempfile.TemporaryDirectory() as folder:
        files = _Files(Path(folder))
        untrusted = files.certificates("untrusted.pem", case.untrusted)
        options = ["-auth_level", str(auth_level)]
        options += ["-untrusted", untrusted] if case.untrusted else []
        options += ["-purpose", "sslclient"] if case.for_client else []
        return _verify(files, case.roots, case.leaf, at=case.at, options=options)


def crl_verdict(case: CrlCase) -> Verdict:
    """Tell whether the authority's key signed the list in its name, and it is within its dates."""
    with tempfile.TemporaryDirectory() as folder:
        files = _Files(Path(folder))
        authority = files.certificates("authority.pem", [case.authority])
        answer = files.asked(
            *("crl", "-in", files.written("list.crl", case.crl), "-noout", "-verify"),
            *("-CAfile", authority, *_NOTHING_ELSE),
            *("-lastupdate", "-nextupdate", "-dateopt", "iso_8601"),
        )
    if "verify OK" not in answer.stderr:
        return Verdict(ok=False, says=_first_line(answer.stderr))
    dates = dict(line.split("=", 1) for line in answer.stdout.splitlines() if "=" in line)
    return _dated(dates["lastUpdate"], dates["nextUpdate"], case.at)


def reliance_verdict(case: CrlCase) -> Verdict:
    """Tell whether the list is enough to know that the leaf is not revoked."""
    return _checked(case, [case.crl])


def listing_verdict(case: ListingCase) -> Verdict:
    """Tell whether the leaf's serial number is revoked; what is said is the reason, if any."""
    if case.delta is not None:
        verdict = _checked(case, [case.crl, case.delta], "-use_deltas", "-extended_crl")
        if not verdict.ok and verdict.says != _REVOKED:
            raise ValueError(f"{case.name}: OpenSSL cannot tell: {verdict.says}")
        return Verdict(ok=not verdict.ok, says=verdict.says)
    with tempfile.TemporaryDirectory() as folder:
        files = _Files(Path(folder))
        crl = files.written("list.crl", case.crl)
        text = files.asked("crl", "-in", crl, "-noout", "-text").stdout
    found = {int(each["serial"], 16): each["more"] for each in _ENTRY.finditer(text)}
    reason = _REASON.search(found.get(case.serial, ""))
    return Verdict(ok=case.serial in found, says=reason["reason"] if reason else "")


@dataclass(frozen=True)
class _Files:
    folder: Path

    def written(self, name: str, content: bytes) -> str:
        (self.folder / name).write_bytes(content)
        return name

    def certificates(self, name: str, ders: Iterable[bytes]) -> str:
        return self.written(name, b"".join(_pem("CERTIFICATE", each) for each in ders))

    def asked(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [_program(), *arguments],
            cwd=self.folder,
            env={"LC_ALL": "C"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        )


def _checked(case: CrlCase | ListingCase, crls: list[bytes], *options: str) -> Verdict:
    with tempfile.TemporaryDirectory() as folder:
        files = _Files(Path(folder))
        lists = b"".join(each if b"-----BEGIN" in each else _pem("X509 CRL", each) for each in crls)
        given = ["-crl_check", "-CRLfile", files.written("lists.pem", lists), *options]
        return _verify(files, [case.authority], case.leaf, at=case.at, options=given)


def _verify(
    files: _Files, roots: Iterable[bytes], leaf: bytes, *, at: datetime, options: list[str]
) -> Verdict:
    answer = files.asked(
        *("verify", "-attime", str(int(at.timestamp())), *options),
        *("-CAfile", files.certificates("roots.pem", roots), *_NOTHING_ELSE),
        files.certificates("leaf.pem", [leaf]),
    )
    why = _WHY.search(answer.stderr)
    says = why["why"] if why else _first_line(answer.stderr or answer.stdout)
    return Verdict(ok=answer.returncode == 0, says=says)


def _dated(begins: str, ends: str, at: datetime) -> Verdict:
    if at < datetime.fromisoformat(begins):
        return Verdict(ok=False, says=f"lastUpdate={begins}")
    is_over = ends != _NEVER and at > datetime.fromisoformat(ends)
    return Verdict(ok=not is_over, says=f"nextUpdate={ends}")


def _pem(kind: str, der: bytes) -> bytes:
    text = base64.encodebytes(der)
    return b"-----BEGIN %b-----\n%b-----END %b-----\n" % (kind.encode(), text, kind.encode())


def _first_line(text: str) -> str:
    return text.partition("\n")[0].strip()


@cache
def _program() -> str:
    """Return where OpenSSL 3 is; without it whoever asks is skipped, and told so."""
    found = shutil.which("openssl")
    if found is None:
        pytest.skip("NO SECOND OPINION: there is no openssl on this machine")
    version = subprocess.run([found, "version"], capture_output=True, text=True, check=True).stdout
    if not version.startswith("OpenSSL 3."):
        pytest.skip(f"NO SECOND OPINION: this is {version.strip()}, and not OpenSSL 3")
    return found
