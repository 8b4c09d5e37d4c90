"""
Cases in which something speaks against: ids that were claimed, and IMEIs that differ.

Not among them is what nobody could tell: a private phone that claims the id and the looks
of its own owner's managed one.
"""

from tests.unit.match_cases_builders import (
    ANDROIDC1,
    ANNA,
    BEN,
    CARA,
    HEX1,
    ID1,
    ID2,
    IMEI1,
    IMEI2,
    IMEI3,
    IPAD,
    IPHONE,
    IPHONE_15,
    NOBODY,
    OLD_IPHONE,
    PIXEL,
    SAMSUNG,
    SEC1,
    SERIAL1,
    UDID1,
    at,
    certain,
    nothing,
    probable,
    says,
)

APPL = f"Appl{SERIAL1}"

CLAIMED = (
    nothing("Android claims an iPhone's id", "", says(ANNA, ID1, IPHONE), at(ANNA, ID1, PIXEL)),
    nothing("iPhone claims an Android's id", "", says(ANNA, HEX1, PIXEL), at(ANNA, HEX1, IPHONE)),
    nothing("another iPhone claims the id", "", says(ANNA, ID1, IPHONE), at(ANNA, ID1, IPHONE_15)),
    nothing("an iPad claims the id", "", says(ANNA, ID1, IPHONE), at(ANNA, ID1, IPAD)),
    nothing(
        "a Samsung claims the serial",
        "",
        says(ANNA, "", OLD_IPHONE, serial=SERIAL1),
        at(ANNA, APPL, SAMSUNG),
    ),
    nothing(
        "an iPhone claims the IMEI",
        "",
        says(BEN, "", SAMSUNG, imei=IMEI1),
        at(BEN, ID1, IPHONE, imei=IMEI1),
    ),
    nothing(
        "an iPad claims the IMEI",
        "",
        says(BEN, "", PIXEL, imei=IMEI1),
        at(BEN, ID1, IPAD, imei=IMEI1),
    ),
    nothing(
        "id of the IMEI on an iPhone", "", says(BEN, "", SAMSUNG, imei=IMEI1), at(BEN, SEC1, IPHONE)
    ),
    nothing(
        "UDID claimed by an Android", "", says(ANNA, "", IPHONE, udid=UDID1), at(ANNA, UDID1, PIXEL)
    ),
    nothing(
        "id of another platform, no owner", "", says(NOBODY, ID1, IPHONE), at(BEN, ID1, SAMSUNG)
    ),
    nothing(
        "claimed beside the real one",
        "1",
        says(ANNA, ID1, IPHONE),
        at(ANNA, ID1, IPHONE),
        at(ANNA, ID1, PIXEL),
    ),
    certain(
        "claimed by a colleague too",
        "1",
        says(ANNA, ID1, IPHONE),
        at(ANNA, ID1, IPHONE),
        at(BEN, ID1, PIXEL),
    ),
    probable("claimed by a colleague only", "", says(ANNA, ID1, IPHONE), at(BEN, ID1, IPHONE)),
    probable(
        "claimed by a colleague, own differs", "", says(ANNA, ID1), at(BEN, ID1), at(ANNA, ID2)
    ),
    probable("claimed twice, no owner", "1", says(NOBODY, ID1), at(ANNA, ID1), at(BEN, ID1)),
    probable("IMEI claimed by a colleague", "", says(BEN, imei=IMEI1), at(CARA, HEX1, imei=IMEI1)),
    certain(
        "IMEI claimed beside the id",
        "1",
        says(BEN, ID1, PIXEL, imei=IMEI1),
        at(BEN, ID1, PIXEL),
        at(BEN, ID2, IPHONE, imei=IMEI1),
    ),
    nothing(
        "id claimed, no looks said",
        "1",
        says(ANNA, ID1),
        at(ANNA, ID1, IPHONE),
        at(ANNA, ID1, PIXEL),
    ),
    nothing(
        "IMEI and id claimed by two",
        "1",
        says(BEN, imei=IMEI1),
        at(BEN, ID1, PIXEL, imei=IMEI1),
        at(BEN, ID1, IPHONE),
    ),
)
OTHER_IMEI = (
    nothing(
        "id made of serial, other IMEI",
        "",
        says(ANNA, serial=SERIAL1, imei=IMEI1),
        at(ANNA, APPL, imei=IMEI2),
    ),
    nothing("id given, other IMEI", "", says(BEN, ID1, imei=IMEI1), at(BEN, ID1, imei=IMEI2)),
    nothing(
        "id given, second SIM's IMEI",
        "1",
        says(BEN, ID1, PIXEL, imei=IMEI1),
        at(BEN, ID1, PIXEL, imei=IMEI3),
    ),
    nothing("id made of IMEI, other IMEI", "", says(BEN, imei=IMEI1), at(BEN, SEC1, imei=IMEI2)),
    nothing("short hash, other IMEI", "", says(BEN, imei=IMEI1), at(BEN, ANDROIDC1, imei=IMEI2)),
    nothing("UDID, other IMEI", "", says(BEN, udid=HEX1, imei=IMEI1), at(BEN, HEX1, imei=IMEI2)),
    nothing(
        "one id, two IMEIs", "1", says(BEN, ID1), at(BEN, ID1, imei=IMEI1), at(BEN, ID1, imei=IMEI2)
    ),
    nothing("other IMEI, no owner", "", says(NOBODY, ID1, imei=IMEI1), at(BEN, ID1, imei=IMEI2)),
    certain(
        "other IMEI at a colleague's",
        "1",
        says(ANNA, ID1, imei=IMEI1),
        at(ANNA, ID1),
        at(BEN, ID1, imei=IMEI2),
    ),
    certain(
        "other IMEI on another id",
        "1",
        says(BEN, ID1, imei=IMEI1),
        at(BEN, ID1),
        at(BEN, ID2, imei=IMEI2),
    ),
)
CASES = (*CLAIMED, *OTHER_IMEI)
