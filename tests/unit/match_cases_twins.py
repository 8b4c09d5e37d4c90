"""Cases of phones that look alike."""

from tests.unit.match_cases_builders import (
    ANNA,
    BEN,
    CARA,
    HEX1,
    HEX2,
    ID1,
    ID2,
    ID3,
    IMEI1,
    IMEI2,
    IPAD,
    IPHONE,
    SAMSUNG,
    at,
    certain,
    nothing,
    outlook,
    probable,
    says,
)

CASES = (
    certain(
        "twins, the managed one by id",
        "1",
        says(ANNA, ID1, IPHONE),
        at(ANNA, ID1, IPHONE),
        at(ANNA, ID2, IPHONE),
    ),
    nothing(
        "twins by looks", "1", says(ANNA, "", IPHONE), at(ANNA, ID1, IPHONE), at(ANNA, ID2, IPHONE)
    ),
    probable("only the private twin syncs", "", says(ANNA, "", IPHONE), at(ANNA, ID2, IPHONE)),
    probable("private twin, managed id known", "", says(ANNA, ID1, IPHONE), at(ANNA, ID2, IPHONE)),
    nothing(
        "twins, serial of a new iPhone",
        "2",
        says(ANNA, "", IPHONE, serial="G6TZQ4N0KP"),
        at(ANNA, ID1, IPHONE),
        at(ANNA, ID2, IPHONE),
    ),
    certain(
        "Samsung twins by IMEI",
        "2",
        says(BEN, "", SAMSUNG, imei=IMEI2),
        at(BEN, HEX1, SAMSUNG, imei=IMEI1),
        at(BEN, HEX2, SAMSUNG, imei=IMEI2),
    ),
    probable(
        "Samsung twins, one IMEI shown",
        "1",
        says(BEN, "", SAMSUNG, imei=IMEI1),
        at(BEN, HEX1, SAMSUNG),
        at(BEN, HEX2, SAMSUNG, imei=IMEI2),
    ),
    nothing(
        "the twin's IMEI is another",
        "",
        says(BEN, "", SAMSUNG, imei=IMEI1),
        at(BEN, HEX2, SAMSUNG, imei=IMEI2),
    ),
    nothing(
        "triplets by looks",
        "3",
        says(ANNA, "", IPHONE),
        *(at(ANNA, i, IPHONE) for i in (ID1, ID2, ID3)),
    ),
    probable(
        "twins of two owners",
        "1",
        says(ANNA, "", IPHONE),
        at(ANNA, ID1, IPHONE),
        at(BEN, ID2, IPHONE),
    ),
    nothing("the twin is a colleague's", "", says(ANNA, "", IPHONE), at(BEN, ID2, IPHONE)),
    certain("twin tablets", "1", says(CARA, ID3, IPAD), at(CARA, ID3, IPAD), at(CARA, ID2, IPAD)),
    nothing(
        "private twin and Outlook", "", says(ANNA, "", IPHONE), at(ANNA, ID2, IPHONE), outlook(ANNA)
    ),
)
