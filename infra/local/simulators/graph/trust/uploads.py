"""Files with many certificates at once: fetched from where they lie, then read for a while."""

import hashlib
from dataclasses import replace

import httpx

from infra.local.simulators.graph.call import Call, nothing
from infra.local.simulators.graph.refusals import bad_request
from infra.local.simulators.graph.subscriptions.outbound import Outbound
from infra.local.simulators.graph.trust import bodies, certificates
from infra.local.simulators.graph.trust.authorities import check_new
from infra.local.simulators.graph.trust.pkis import Pkis, busy
from infra.local.simulators.graph.trust.store import Pki, Trust, Upload

_PARAMETERS = {"uploadUrl": bodies.text, "sha256FileHash": bodies.hexadecimal}


class Uploads:
    """
    The operation `upload`: it is answered at once, and the PKI says how it goes on.

    That duplicates are refused at once is documented; that everything else about the file is
    told by the PKI's status alone is a guess, as are the texts there.
    """

    def __init__(self, trust: Trust, pkis: Pkis, outbound: Outbound | None) -> None:
        self._trust, self._pkis, self._outbound = trust, pkis, outbound

    def start(self, call: Call) -> httpx.Response:
        """Fetch a file and begin to read it."""
        with self._trust.lock:
            pki = self._idle(call)
        sent = bodies.checked(call.body(), _PARAMETERS, kind="certificateBasedAuthPki")
        if set(sent) != set(_PARAMETERS) or not bodies.is_address(sent["uploadUrl"]):
            raise bad_request("uploadUrl and sha256FileHash are required.")
        body = self._fetched(sent["uploadUrl"])
        with self._trust.lock:
            pki = self._idle(call)
            upload = self._read(body, sent["sha256FileHash"], pki, call)
            self._trust.keep_pki(replace(pki, status="running", details=None, upload=upload))
        return nothing()

    def _idle(self, call: Call) -> Pki:
        pki = self._pkis.named(call)
        if pki.upload:
            raise busy()
        return pki

    def _fetched(self, url: str) -> bytes | None:
        if url in self._trust.files:
            return self._trust.files[url]
        if self._outbound is None or not self._outbound.may_reach(url):
            return None
        try:
            answer = self._outbound.client.get(url)
        except httpx.TransportError:
            return None
        return answer.content if answer.is_success else None

    def _read(self, body: bytes | None, expected: str, pki: Pki, call: Call) -> Upload:
        ends = call.now + self._trust.upload_takes
        if body is None:
            return Upload(ends=ends, fault="The file could not be downloaded.")
        if hashlib.sha256(body).hexdigest() != expected.lower():
            return Upload(ends=ends, fault="The hash of the file is not the expected one.")
        try:
            found = certificates.from_bundle(body)
        except ValueError:
            return Upload(ends=ends, fault="The file is not in the format p7b.")
        check_new(self._trust, pki, found)
        return Upload(ends=ends, certificates=tuple(found))
