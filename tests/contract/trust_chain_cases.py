"""Chains of certificates: what each is like is its name."""

from collections.abc import Iterable
from dataclasses import replace

from cryptography import x509

from tests.contract.trust_certificates import (
    AUTHORITY,
    CLIENT,
    DAY,
    ISSUING,
    LEAF,
    NAMESAKE,
    NOON,
    POLICY,
    REGION,
    ROOT,
    SECOND,
    SERVER,
    STRANGER,
    Made,
    authority,
    elliptic,
    rsa_key,
    unknown,
    user,
)
from tests.contract.trust_questions import ChainCase, Plainly

Chain = tuple[Made, tuple[Made, ...], tuple[Made, ...]]  # leaf, untrusted, roots

_RSA_ROOT = replace(ROOT, key=rsa_key(2048))
_RSA_ISSUING = replace(ISSUING, key=rsa_key(2048), issuer=_RSA_ROOT)
_RSA_LEAF = replace(LEAF, issuer=_RSA_ISSUING)
_SMALL = replace(ISSUING, key=rsa_key(1024))
_CROSS = replace(ISSUING, issuer=STRANGER)
_BELOW_REGION = replace(ISSUING, issuer=REGION)
_FOR_SERVERS = (*AUTHORITY, (x509.ExtendedKeyUsage([SERVER]), False))
_SHOUTED = replace(ISSUING, name="CN=CONTOSO  ISSUING,O=contoso")
_NO_KEY_IDS = replace(ISSUING, has_key_ids=False)
_A = Made(name="CN=A", key=elliptic(201))
_B = Made(name="CN=B", key=elliptic(202), issuer=_A)


def _chain(
    leaf: Made = LEAF, untrusted: Iterable[Made] = (ISSUING,), roots: Iterable[Made] = (ROOT,)
) -> Chain:
    return leaf, tuple(untrusted), tuple(roots)


def _issuing(*usages: str, path_length: int | None = None) -> Made:
    return replace(ISSUING, extensions=authority(path_length, *usages))


def _limited(*, permitted: str = "", excluded: str = "", is_critical: bool = True) -> Made:
    names = x509.NameConstraints(
        [x509.RFC822Name(permitted)] if permitted else None,
        [x509.RFC822Name(excluded)] if excluded else None,
    )
    return replace(ISSUING, extensions=(*AUTHORITY, (names, is_critical)))


def _issued_by(issuer: Made) -> Made:
    return replace(LEAF, issuer=issuer)


_GOOD: dict[str, Chain] = {
    "one authority": _chain(_issued_by(ROOT), ()),
    "two authorities": _chain(),
    "three authorities": _chain(LEAF, (replace(ISSUING, issuer=POLICY), POLICY)),
    "four authorities": _chain(LEAF, (_BELOW_REGION, REGION, POLICY)),
    "four authorities in no order": _chain(LEAF, (POLICY, _BELOW_REGION, REGION)),
    "the root itself": _chain(ROOT, ()),
    "an authority as the leaf": _chain(ISSUING, ()),
    "RSA of 2048 bits": _chain(_RSA_LEAF, (_RSA_ISSUING,), (_RSA_ROOT,)),
    "authorities that nobody needs": _chain(LEAF, (POLICY, ISSUING, REGION, STRANGER)),
    "the root among the untrusted too": _chain(LEAF, (ROOT, ISSUING)),
    "two roots of one name": _chain(LEAF, (ISSUING,), (NAMESAKE, ROOT)),
    "cross-signed": _chain(LEAF, (ISSUING, _CROSS)),
    "cross-signed, only the other root is trusted": _chain(LEAF, (_CROSS, ISSUING), (STRANGER,)),
    "renewed authority beside its expired self": _chain(
        LEAF, (replace(ISSUING, ends=NOON - DAY, serial=7), ISSUING)
    ),
    "no extended key usage": _chain(replace(LEAF, extensions=user())),
    "an unknown extension that is not critical": _chain(
        replace(LEAF, extensions=(*LEAF.extensions, unknown(is_critical=False)))
    ),
    "no key identifiers": _chain(replace(LEAF, has_key_ids=False), (_NO_KEY_IDS,)),
    "path length used up": _chain(
        LEAF, (_issuing(path_length=0),), (replace(ROOT, extensions=authority(1)),)
    ),
    "address within the permitted names": _chain(LEAF, (_limited(permitted="contoso.test"),)),
    "address outside the excluded names": _chain(LEAF, (_limited(excluded="fabrikam.test"),)),
    "serial number of 20 bytes": _chain(replace(LEAF, serial=0x7FFF << 144)),
}
_BAD: dict[str, Chain] = {
    "leaf expired": _chain(replace(LEAF, ends=NOON - DAY)),
    "leaf expired a second ago": _chain(replace(LEAF, ends=NOON - SECOND)),
    "intermediate expired": _chain(LEAF, (replace(ISSUING, ends=NOON - DAY),)),
    "root expired": _chain(LEAF, (ISSUING,), (replace(ROOT, ends=NOON - DAY),)),
    "leaf not yet valid": _chain(replace(LEAF, starts=NOON + DAY)),
    "leaf valid in a second": _chain(replace(LEAF, starts=NOON + SECOND)),
    "intermediate not yet valid": _chain(LEAF, (replace(ISSUING, starts=NOON + DAY),)),
    "root not yet valid": _chain(LEAF, (ISSUING,), (replace(ROOT, starts=NOON + DAY),)),
    "leaf signed by another key": _chain(replace(LEAF, signer=elliptic(301))),
    "intermediate signed by another key": _chain(LEAF, (replace(ISSUING, signer=elliptic(301)),)),
    "issuer of another name with the same key": _chain(
        LEAF, (replace(ISSUING, name="CN=Contoso Other,O=Contoso"),)
    ),
    "issuer of the same name with another key": _chain(
        LEAF, (replace(ISSUING, key=elliptic(302)),)
    ),
    "intermediate is no authority": _chain(LEAF, (replace(ISSUING, extensions=LEAF.extensions),)),
    "intermediate does not say that it is an authority": _chain(
        LEAF, (replace(ISSUING, extensions=AUTHORITY[1:]),)
    ),
    "intermediate may sign no certificates": _chain(LEAF, (_issuing("crl_sign"),)),
    "root may sign no certificates": _chain(
        LEAF, (ISSUING,), (replace(ROOT, extensions=authority(None, "crl_sign")),)
    ),
    "root's path length exceeded": _chain(
        LEAF, (ISSUING,), (replace(ROOT, extensions=authority(0)),)
    ),
    "intermediate's path length exceeded": _chain(
        LEAF,
        (replace(ISSUING, issuer=POLICY), replace(POLICY, extensions=authority(0))),
    ),
    "unknown root": _chain(LEAF, (ISSUING,), (STRANGER,)),
    "unknown root of the same name": _chain(LEAF, (ISSUING,), (NAMESAKE,)),
    "root is not trusted though it is there": _chain(LEAF, (ISSUING, ROOT), (STRANGER,)),
    "intermediate missing": _chain(LEAF, ()),
    "one of three intermediates missing": _chain(LEAF, (_BELOW_REGION, POLICY)),
    "authorities that vouch for each other": _chain(
        _issued_by(_B), (_B, replace(_A, issuer=_B)), (ROOT,)
    ),
    "issued by a user": _chain(replace(LEAF, name="CN=Eve", issuer=LEAF), (LEAF, ISSUING)),
    "address outside the permitted names": _chain(LEAF, (_limited(permitted="fabrikam.test"),)),
    "address within the excluded names": _chain(LEAF, (_limited(excluded="contoso.test"),)),
    "a critical extension in the leaf that nobody knows": _chain(
        replace(LEAF, extensions=(*LEAF.extensions, unknown(is_critical=True)))
    ),
    "a critical extension in the intermediate that nobody knows": _chain(
        LEAF, (replace(ISSUING, extensions=(*AUTHORITY, unknown(is_critical=True))),)
    ),
    "cross-signed, neither root is trusted": _chain(LEAF, (ISSUING, _CROSS), (NAMESAKE,)),
    "cross-signed, the good one is expired": _chain(
        LEAF, (replace(ISSUING, ends=NOON - DAY), _CROSS)
    ),
}
_OPEN: dict[str, Chain] = {
    # There is a way up, but OpenSSL tries only the first of two authorities of one name and key.
    "cross-signed, the strange one first": _chain(LEAF, (_CROSS, ISSUING)),
    "intermediate is trusted in its root's place": _chain(LEAF, (), (ISSUING,)),
    "leaf with an RSA key of 1024 bits": _chain(replace(LEAF, key=rsa_key(1024))),
    "intermediate with an RSA key of 1024 bits": _chain(_issued_by(_SMALL), (_SMALL,)),
    "leaf signed by SHA-1": _chain(replace(_RSA_LEAF, by_sha1=True), (_RSA_ISSUING,), (_RSA_ROOT,)),
    "intermediate signed by SHA-1": _chain(
        _RSA_LEAF, (replace(_RSA_ISSUING, by_sha1=True),), (_RSA_ROOT,)
    ),
    "root signed by SHA-1": _chain(_RSA_LEAF, (_RSA_ISSUING,), (replace(_RSA_ROOT, by_sha1=True),)),
    "issuer's name in other letters and with more spaces": _chain(_issued_by(_SHOUTED)),
    "leaf names the key of another issuer": _chain(
        replace(LEAF, issuer=replace(ISSUING, key=elliptic(303)), signer=ISSUING.key)
    ),
    "root without any extension": _chain(
        LEAF, (ISSUING,), (replace(ROOT, extensions=(), has_key_ids=False),)
    ),
    "root whose own signature is wrong": _chain(
        LEAF, (ISSUING,), (replace(ROOT, signer=elliptic(304)),)
    ),
    "names limited, but not critically": _chain(
        LEAF, (_limited(permitted="fabrikam.test", is_critical=False),)
    ),
}
_FOR_CLIENTS: dict[str, tuple[Plainly, Chain]] = {
    "for clients": (Plainly.GOOD, _chain()),
    "for clients and servers": (
        Plainly.GOOD,
        _chain(replace(LEAF, extensions=user(CLIENT, SERVER))),
    ),
    "for any purpose": (Plainly.GOOD, _chain(replace(LEAF, extensions=user()))),
    "for servers only": (Plainly.BAD, _chain(replace(LEAF, extensions=user(SERVER)))),
    "key that may only encrypt": (
        Plainly.BAD,
        _chain(replace(LEAF, extensions=user(CLIENT, usage="key_encipherment"))),
    ),
    "authority for servers only": (
        Plainly.OPEN,
        _chain(
            LEAF,
            (replace(ISSUING, extensions=_FOR_SERVERS),),
        ),
    ),
}


def _case(name: str, plainly: Plainly, chain: Chain, *, for_client: bool = False) -> ChainCase:
    leaf, untrusted, roots = chain
    return ChainCase(
        name=name,
        plainly=plainly,
        leaf=leaf.der,
        untrusted=tuple(each.der for each in untrusted),
        roots=tuple(each.der for each in roots),
        for_client=for_client,
    )


_TABLES = ((Plainly.GOOD, _GOOD), (Plainly.BAD, _BAD), (Plainly.OPEN, _OPEN))
CHAINS = (
    *(_case(name, plainly, each) for plainly, cases in _TABLES for name, each in cases.items()),
    *(_case(name, *each, for_client=True) for name, each in _FOR_CLIENTS.items()),
)
