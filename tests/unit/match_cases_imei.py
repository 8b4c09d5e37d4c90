"""Cases in which the IMEI leads to the partnership."""

from tests.unit.match_cases_builders import (
    ANDROIDC1,
    ANDROIDC2,
    ANNA,
    BEN,
    CARA,
    HEX1,
    ID1,
    ID2,
    IMEI1,
    IMEI2,
    IMEI3,
    NOBODY,
    OLD_SAMSUNG,
    PIXEL,
    SAMSUNG,
    SEC1,
    SEC2,
    at,
    certain,
    nothing,
    outlook,
    probable,
    says,
)

SPACED = "35 909206 817345 3"
DASHED = "35-909206-817345-3"

CASES = (
    certain("IMEI shown", "1", says(BEN, imei=IMEI1), at(BEN, HEX1, imei=IMEI1)),
    probable("IMEI shown, no owner", "1", says(NOBODY, imei=IMEI1), at(BEN, HEX1, imei=IMEI1)),
    certain("IMEI of 14 digits", "1", says(BEN, imei=IMEI1[:14]), at(BEN, HEX1, imei=IMEI1)),
    certain("IMEI of 14 digits shown", "1", says(BEN, imei=IMEI1), at(BEN, HEX1, imei=IMEI1[:14])),
    certain(
        "IMEI with software version",
        "1",
        says(BEN, imei=f"{IMEI1[:14]}17"),
        at(BEN, HEX1, imei=IMEI1),
    ),
    certain(
        "software version shown", "1", says(BEN, imei=IMEI1), at(BEN, HEX1, imei=f"{IMEI1[:14]}03")
    ),
    certain(
        "check digit sent as 0", "1", says(BEN, imei=IMEI1), at(BEN, HEX1, imei=f"{IMEI1[:14]}0")
    ),
    certain("IMEI with spaces", "1", says(BEN, imei=SPACED), at(BEN, HEX1, imei=IMEI1)),
    certain("IMEI with dashes", "1", says(BEN, imei=DASHED), at(BEN, HEX1, imei=IMEI1)),
    certain("IMEI with dashes shown", "1", says(BEN, imei=IMEI1), at(BEN, HEX1, imei=DASHED)),
    certain(
        "US number",
        "1",
        says(BEN, imei="01 400000 155119 5"),
        at(BEN, HEX1, imei="014000001551195"),
    ),
    certain(
        "IMEI and model", "1", says(BEN, "", PIXEL, imei=IMEI1), at(BEN, HEX1, PIXEL, imei=IMEI1)
    ),
    certain(
        "one of two by IMEI",
        "2",
        says(BEN, imei=IMEI2),
        at(BEN, ID1, imei=IMEI1),
        at(BEN, ID2, imei=IMEI2),
    ),
    certain(
        "two apps of one phone",
        "1 2",
        says(BEN, imei=IMEI1),
        at(BEN, ID1, imei=IMEI1),
        at(BEN, ID2, imei=IMEI1),
    ),
    certain(
        "id of one app, IMEI of both",
        "1 2",
        says(BEN, ID1, imei=IMEI1),
        at(BEN, ID1),
        at(BEN, ID2, imei=IMEI1),
    ),
    probable("IMEI at a colleague's", "1", says(BEN, imei=IMEI1), at(ANNA, ID1, imei=IMEI1)),
    probable(
        "IMEI in two mailboxes",
        "1 2",
        says(NOBODY, imei=IMEI1),
        at(ANNA, ID1, imei=IMEI1),
        at(BEN, ID1, imei=IMEI1),
    ),
    nothing("IMEI unknown to Exchange", "", says(BEN, imei=IMEI3), at(BEN, ID1, imei=IMEI1)),
    nothing("wrong check digit", "1", says(BEN, imei=f"{IMEI1[:14]}9"), at(BEN, ID1, imei=IMEI1)),
    nothing(
        "second SIM's number reported",
        "1",
        says(BEN, "", PIXEL, imei=IMEI2),
        at(BEN, ID1, PIXEL, imei=IMEI1),
    ),
    certain("IMEI shown by Outlook", "1", says(BEN, imei=IMEI1), outlook(BEN, imei=IMEI1)),
    nothing("IMEI not shown by Outlook", "1", says(BEN, imei=IMEI1), outlook(BEN)),
    certain(
        "Samsung's id of IMEI", "1", says(BEN, "", SAMSUNG, imei=IMEI1), at(BEN, SEC1, SAMSUNG)
    ),
    certain("Samsung's id, 14 digits", "1", says(BEN, imei=IMEI1[:14]), at(BEN, SEC1)),
    certain("Samsung's id, lower case", "1", says(BEN, imei=IMEI1), at(BEN, SEC1.lower())),
    probable(
        "Samsung's id, no owner", "2", says(NOBODY, imei=IMEI2), at(BEN, SEC1), at(CARA, SEC2)
    ),
    certain(
        "Samsung's id as recorded",
        "1",
        says(BEN, imei="354422050248226"),
        at(BEN, "SEC17CD1A3E9E3F2", OLD_SAMSUNG),
    ),
    nothing("Samsung's id of another", "", says(BEN, imei=IMEI3), at(BEN, SEC1), at(BEN, SEC2)),
    nothing(
        "Samsung's id, not of the IMEI", "1", says(BEN, imei=IMEI1), at(BEN, "SEC1A60F33D41B7C")
    ),
    certain("Android's id of IMEI", "1", says(BEN, imei=IMEI1), at(BEN, ANDROIDC1)),
    certain(
        "Android's id, two phones",
        "2",
        says(BEN, imei=IMEI2),
        at(BEN, ANDROIDC1),
        at(BEN, ANDROIDC2),
    ),
    probable("Android's id, no owner", "1", says(NOBODY, imei=IMEI1), at(BEN, ANDROIDC1)),
    probable("same short hash by chance", "", says(NOBODY, imei=IMEI1), at(CARA, ANDROIDC1)),
    probable("Android's id at a colleague's", "", says(BEN, imei=IMEI1), at(CARA, ANDROIDC1)),
    nothing("IMEI as the whole id", "1", says(BEN, imei=IMEI1), at(BEN, IMEI1)),
)
