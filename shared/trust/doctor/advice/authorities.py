"""Codes about the authorities that are trusted, and their revocation lists."""

from collections.abc import Mapping

from shared.credentials.findings import Advice, Grade
from shared.trust.doctor.codes import Code

ADVICE: Mapping[Code, Advice] = {
    Code.NOTHING_TRUSTED: Advice(
        Grade.FAIL,
        "the method is on, but no authority is trusted: no certificate is let in",
        "order add_trusted_ca for the root and each authority below it",
    ),
    Code.AUTHORITY_EXPIRED: Advice(
        Grade.FAIL,
        "the authority's certificate has expired, and with it everything below it",
        "renew the authority, and add its new certificate",
    ),
    Code.AUTHORITY_NOT_YET_VALID: Advice(
        Grade.FAIL,
        "the authority's certificate is not valid yet",
        "wait until it is, or check the clock of the machine that issued it",
    ),
    Code.AUTHORITY_EXPIRING: Advice(
        Grade.WARN,
        "the authority's certificate expires before long",
        "renew the authority, add its new certificate, and issue the users' certificates anew",
    ),
    Code.CLASSIC_IN_USE: Advice(
        Grade.WARN,
        "the classic store cannot be updated in place: each change leaves nothing trusted for a "
        "moment",
        "add its authorities to the PKI store, and empty the classic one after that",
    ),
    Code.IN_BOTH_STORES: Advice(
        Grade.WARN,
        "the authority is in both stores, and the addresses of its lists may differ",
        "keep it in the PKI store alone",
    ),
    Code.SAMPLE_WITHOUT_CHAIN: Advice(
        Grade.FAIL,
        "the sample certificate does not lead to a trusted root",
        "trust each authority above it, or issue it from one that is trusted",
    ),
    Code.CRL_ADDRESS_MISSING: Advice(
        Grade.FAIL,
        "the authority has no address of a revocation list: nothing that it signed is ever revoked",
        "order set_ca_crl with the address where the authority publishes its list",
    ),
    Code.CRL_ADDRESS_WRONG: Advice(
        Grade.FAIL,
        "the address is none that Entra ID fetches",
        "order set_ca_crl with an http address that the internet can reach",
    ),
    Code.CRL_ADDRESS_HTTPS: Advice(
        Grade.WARN,
        "the address is https, where plain http is preferred: the list is signed anyhow, and "
        "checking the server's certificate may need the list",
        "publish the list over http, and order set_ca_crl",
    ),
    Code.DELTA_ADDRESS_ALONE: Advice(
        Grade.FAIL,
        "there is an address for changes of the list, but none for the list",
        "order set_ca_crl with both",
    ),
    Code.CRL_OLDER_THAN_REVOCATION: Advice(
        Grade.WARN,
        "the list was made before the user's sessions were revoked, so a certificate that was "
        "revoked meanwhile may still be let in",
        "let the authority publish a new list; Entra ID may keep the old one until its NextUpdate",
    ),
    Code.SAMPLE_REVOKED: Advice(
        Grade.FAIL,
        "the sample certificate is revoked",
        "issue another certificate to the user",
    ),
    Code.SAMPLE_REVOCATION_UNKNOWN: Advice(
        Grade.UNKNOWN,
        "whether the sample certificate is revoked cannot be told",
        "mend the revocation list of who issued it",
    ),
}
