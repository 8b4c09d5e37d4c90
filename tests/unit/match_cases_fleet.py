"""
A small company's devices, told of in the ways of several MDMs, all seen at once.

Unlike the other cases these are not picked for being difficult. The weights are a guess at
a company of which most phones report their DeviceID, not taken from one.
"""

from dataclasses import replace
from hashlib import sha256

from shared.devices.match import Confidence
from shared.devices.subject import Partnership, Subject
from tests.unit.match_cases_builders import (
    HEX2,
    IMEI1,
    IMEI2,
    IMEI3,
    IPAD,
    IPHONE,
    IPHONE_15,
    PIXEL,
    SAMSUNG,
    SEC2,
    SOLD_AS,
    Case,
    Owner,
    at,
    outlook,
    says,
)

Row = tuple[str, Confidence, Subject, Partnership | None]
CERTAIN, PROBABLE, NONE = Confidence.CERTAIN, Confidence.PROBABLE, Confidence.NONE


def made(number: int) -> str:
    """Return a DeviceID as iOS makes them up, another for each number."""
    return sha256(str(number).encode()).hexdigest()[:26].upper()


def who(number: int) -> Owner:
    """Return one of the company's people."""
    return Owner(f"employee{number}@contoso.example", (f"e{number}@contoso.example",))


P = [who(number) for number in range(30)]
D = [made(number) for number in range(40)]
OUT = [made(number + 100) for number in range(30)]

ROWS: tuple[Row, ...] = (
    ("iPhone 1", CERTAIN, says(P[0], D[0], IPHONE), at(P[0], D[0], IPHONE)),
    ("iPhone 2", CERTAIN, says(P[1], D[1], IPHONE), at(P[1], D[1], IPHONE)),
    ("iPhone 3", CERTAIN, says(P[2], D[2], SOLD_AS), at(P[2], D[2], IPHONE)),
    ("iPhone 4", CERTAIN, says(P[3], D[3], IPHONE_15), at(P[3], D[3], IPHONE_15)),
    ("iPhone 5", CERTAIN, says(P[4], D[4], IPHONE_15), at(P[4], D[4], IPHONE_15)),
    ("iPhone and iPad, 1", CERTAIN, says(P[5], D[5], IPHONE), at(P[5], D[5], IPHONE)),
    ("iPhone and iPad, 2", CERTAIN, says(P[5], D[6], IPAD), at(P[5], D[6], IPAD)),
    ("iPhone, private too", CERTAIN, says(P[6], D[7], IPHONE), at(P[6], D[7], IPHONE)),
    ("private iPhone", NONE, says(P[6], "", SOLD_AS), at(P[6], D[8], IPHONE)),
    (
        "iPhone by serial",
        PROBABLE,
        says(P[7], "", IPHONE, serial="G6TZQ4N0KP"),
        at(P[7], D[9], IPHONE),
    ),
    ("iPhone by name", NONE, says(P[8], "", SOLD_AS), at(P[8], D[10], IPHONE)),
    ("old iPhone", CERTAIN, says(P[9], serial="C39LT0VWFRC6"), at(P[9], "ApplC39LT0VWFRC6")),
    ("iPhone, Outlook too", CERTAIN, says(P[10], D[11], IPHONE), at(P[10], D[11], IPHONE)),
    ("Outlook only, iPhone", NONE, says(P[11], D[12], IPHONE), outlook(P[11], OUT[1])),
    ("Outlook only, Samsung", NONE, says(P[12], "", SAMSUNG), outlook(P[12], OUT[2])),
    ("Gmail configured 1", CERTAIN, says(P[13], D[13], PIXEL), at(P[13], D[13], PIXEL)),
    ("Gmail configured 2", CERTAIN, says(P[14], D[14], PIXEL), at(P[14], D[14], PIXEL)),
    ("Gmail configured 3", CERTAIN, says(P[15], D[15], SAMSUNG), at(P[15], D[15], SAMSUNG)),
    ("Gmail by UDID", CERTAIN, says(P[16], udid=HEX2.lower()), at(P[16], HEX2, PIXEL)),
    (
        "Samsung, IMEI shown",
        CERTAIN,
        says(P[17], imei=IMEI1),
        at(P[17], D[16], SAMSUNG, imei=IMEI1),
    ),
    (
        "Samsung, id of IMEI",
        CERTAIN,
        says(P[18], "", SAMSUNG, imei=IMEI2),
        at(P[18], SEC2, SAMSUNG),
    ),
    ("Samsung by looks", PROBABLE, says(P[19], "", SAMSUNG, imei=IMEI3), at(P[19], D[17], SAMSUNG)),
    ("Pixel by looks", PROBABLE, says(P[20], "", PIXEL), at(P[20], D[18], PIXEL)),
    ("AOSP mail", CERTAIN, says(P[21], imei="353312087645091"), at(P[21], "androidc1483743841")),
    ("not enrolled for mail", NONE, says(P[22], D[19], IPHONE), None),
    ("just handed out", NONE, says(P[23], D[20], IPHONE_15), None),
    ("handed on", PROBABLE, says(P[24], D[21], IPHONE), at(P[25], D[21], IPHONE)),
    ("restored", PROBABLE, says(P[26], D[22], IPHONE), at(P[26], D[23], IPHONE)),
    ("renamed", CERTAIN, says(Owner(P[27].others[0]), D[24], IPHONE), at(P[27], D[24], IPHONE)),
    ("no owner told", CERTAIN, says(Owner(""), D[25], IPHONE), at(P[28], D[25], IPHONE)),
)
BESIDE = (at(P[0], D[30]), outlook(P[10], OUT[0]))  # nobody tells of these


def _cases() -> tuple[Case, ...]:
    shown = [
        replace(real, guid=str(row)) for row, (*_, real) in enumerate(ROWS) if real is not None
    ]
    everything = (*(replace(one, guid=one.device_id) for one in BESIDE), *shown)
    return tuple(
        Case(
            name=f"fleet: {name}",
            subject=subject,
            candidates=everything,
            truth=frozenset() if real is None else frozenset({str(row)}),
            expected=expected,
        )
        for row, (name, expected, subject, real) in enumerate(ROWS)
    )


CASES = _cases()
