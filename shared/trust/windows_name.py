"""
Distinguished names as Windows writes them, and with it the values in certificateUserIds.

Microsoft's own cmdlet for such values (Get-EntraUserCertificateUserIdsFromCertificate) lets
.NET spell them: in the order in which the certificate holds them, without blanks between, quoted
where a value holds a character that means something. A part of two values is rare, and spelled
with a plus here: how Windows parts them in this form we have not seen.
"""

import re

from cryptography import x509
from cryptography.x509.oid import NameOID

NAMES = {
    NameOID.COMMON_NAME: "CN",
    NameOID.SURNAME: "SN",
    NameOID.SERIAL_NUMBER: "SERIALNUMBER",
    NameOID.COUNTRY_NAME: "C",
    NameOID.LOCALITY_NAME: "L",
    NameOID.STATE_OR_PROVINCE_NAME: "S",
    NameOID.STREET_ADDRESS: "STREET",
    NameOID.ORGANIZATION_NAME: "O",
    NameOID.ORGANIZATIONAL_UNIT_NAME: "OU",
    NameOID.TITLE: "T",
    NameOID.GIVEN_NAME: "G",
    NameOID.INITIALS: "I",
    NameOID.DOMAIN_COMPONENT: "DC",
    NameOID.EMAIL_ADDRESS: "E",
}
SPECIAL = re.compile(r'[,+="\n<>#;]|^\s|\s$|^$')
# How others spell the same: all of them are taken for one another when rules are compared.
SPELLINGS = {"ST": "S", "EMAIL": "E", "EMAILADDRESS": "E", "GN": "G", "1.2.840.113549.1.9.1": "E"}
# It never steps back (the + after * and +): a name of many blanks would take it hours.
PART = re.compile(
    r'\s*+([A-Za-z0-9.]++)\s*+=\s*+("(?:[^"]|"")*+"\s*+(?=[,+;]|$)|(?:\\.|[^,+;\\])*+)(?:[,+;]|$)'
)


def spelled(name: x509.Name) -> str:
    """Return a name as Windows does: DC=com,DC=contoso,CN=Contoso CA."""
    return ",".join("+".join(_part(each) for each in part) for part in name.rdns)


def is_same(one: str, other: str) -> bool:
    """Return whether two spellings mean one name, whatever their order, blanks and case are."""
    first, second = _parts(one), _parts(other)
    return bool(first) and (first in (second, second[::-1]))


def _part(each: x509.NameAttribute[str | bytes]) -> str:
    value = each.value if isinstance(each.value, str) else each.value.hex()
    shown = '"' + value.replace('"', '""') + '"' if SPECIAL.search(value) else value
    return f"{NAMES.get(each.oid) or 'OID.' + each.oid.dotted_string}={shown}"


def _parts(text: str) -> list[tuple[str, str]]:
    found, at = [], 0
    while at < len(text):
        part = PART.match(text, at)
        if part is None:
            return []
        key = part[1].upper().removeprefix("OID.")
        value = part[2].strip()
        if value.startswith('"'):
            value = value[1:-1].replace('""', '"')
        else:
            value = re.sub(r"\\(.)", r"\1", value)
        found.append((SPELLINGS.get(key, key), " ".join(value.casefold().split())))
        at = part.end()
    return found
