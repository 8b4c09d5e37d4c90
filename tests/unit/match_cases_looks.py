"""Cases in which there is nothing to go by but the owner, the model and the system."""

from dataclasses import replace

from tests.unit.match_cases_builders import (
    ANNA,
    BEN,
    HEX1,
    HEX2,
    ID1,
    ID2,
    ID3,
    IPAD,
    IPHONE,
    IPHONE_15,
    OLD_IPHONE,
    PIXEL,
    SAMSUNG,
    SOLD_AS,
    Kind,
    at,
    nothing,
    outlook,
    probable,
    says,
)

BY_AGENT = replace(IPHONE, model="", os="iOS 17.5.1")  # Exchange may show no model
BY_ORDER_NUMBER = replace(IPHONE, model="MLPF3ZD/A")
GENERIC = replace(IPHONE, model="iPhone", agent="")
JOINED = replace(SAMSUNG, model="samsungSMG991B")
BY_TYPE = replace(SAMSUNG, model="Android", agent="Android-Mail/2024.01.21")
TWO_SIMS = replace(SAMSUNG, model="SM-G991B/DS")
AMERICAN = replace(SAMSUNG, model="SM-G991U1", agent="", type="Android")
GALAXY = replace(SAMSUNG, said_model="Galaxy S21 5G")
MAKER_FIRST = replace(SAMSUNG, said_model="Samsung SM-G991B")
MAKER_OF_PIXEL = replace(PIXEL, model="Google Pixel 7")
PIXEL_PRO = replace(PIXEL, model="Pixel 7 Pro")
WITH_ZEROS = replace(PIXEL, os="Android 14.0.0")
NO_SYSTEM = replace(IPHONE, os="", agent="")
WINDOWS = Kind("", "Windows 11", "", "Windows 10.0.22631", "", "WindowsMail")

CASES = (
    probable("iPhone by looks", "1", says(ANNA, "", IPHONE), at(ANNA, ID1, IPHONE)),
    probable(
        "version without a name", "1", says(ANNA, "", IPHONE, os="17.5.1"), at(ANNA, ID1, IPHONE)
    ),
    probable(
        "version with its build",
        "1",
        says(ANNA, "", IPHONE, os="17.5.1 (21F90)"),
        at(ANNA, ID1, IPHONE),
    ),
    probable("model in the user agent only", "1", says(ANNA, "", IPHONE), at(ANNA, ID1, BY_AGENT)),
    probable(
        "order number shown as model", "1", says(ANNA, "", IPHONE), at(ANNA, ID1, BY_ORDER_NUMBER)
    ),
    probable("iPad by looks", "1", says(ANNA, "", IPAD), at(ANNA, ID1, IPAD)),
    probable(
        "iPad beside an iPhone",
        "2",
        says(ANNA, "", IPAD),
        at(ANNA, ID1, IPHONE),
        at(ANNA, ID2, IPAD),
    ),
    probable(
        "iPhone 13 beside a 15",
        "2",
        says(ANNA, "", IPHONE),
        at(ANNA, ID1, IPHONE_15),
        at(ANNA, ID2, IPHONE),
    ),
    probable(
        "iPhone beside a Samsung",
        "2",
        says(ANNA, "", IPHONE),
        at(ANNA, HEX1, SAMSUNG),
        at(ANNA, ID2, IPHONE),
    ),
    probable(
        "iPhone beside a Pixel",
        "2",
        says(ANNA, "", IPHONE),
        at(ANNA, HEX1, PIXEL),
        at(ANNA, ID2, IPHONE),
    ),
    probable("old iPhone by looks", "1", says(ANNA, "", OLD_IPHONE), at(ANNA, ID1, OLD_IPHONE)),
    probable("Samsung", "1", says(BEN, "", SAMSUNG), at(BEN, HEX1, SAMSUNG)),
    probable("Samsung in one word", "1", says(BEN, "", SAMSUNG), at(BEN, HEX1, JOINED)),
    probable("Samsung by device type", "1", says(BEN, "", SAMSUNG), at(BEN, HEX1, BY_TYPE)),
    probable("Samsung with two SIMs", "1", says(BEN, "", SAMSUNG), at(BEN, HEX1, TWO_SIMS)),
    probable("Samsung with its maker", "1", says(BEN, "", MAKER_FIRST), at(BEN, HEX1, SAMSUNG)),
    probable("Pixel", "1", says(BEN, "", PIXEL), at(BEN, HEX1, PIXEL)),
    probable("Pixel with its maker", "1", says(BEN, "", PIXEL), at(BEN, HEX1, MAKER_OF_PIXEL)),
    probable("14 is 14.0.0", "1", says(BEN, "", PIXEL), at(BEN, HEX1, WITH_ZEROS)),
    nothing("American Samsung", "", says(BEN, "", SAMSUNG), at(BEN, HEX1, AMERICAN)),
    nothing("Pixel is no Pixel Pro", "", says(BEN, "", PIXEL), at(BEN, HEX1, PIXEL_PRO)),
    nothing("updated since", "1", says(ANNA, "", IPHONE, os="iOS 17.6"), at(ANNA, ID1, IPHONE)),
    nothing("name for sale", "1", says(ANNA, "", SOLD_AS), at(ANNA, ID1, IPHONE)),
    nothing("Galaxy is a name for sale", "1", says(BEN, "", GALAXY), at(BEN, HEX1, SAMSUNG)),
    nothing("no more than iPhone", "1", says(ANNA, "", IPHONE), at(ANNA, ID1, GENERIC)),
    nothing("no system shown", "1", says(ANNA, "", IPHONE), at(ANNA, ID1, NO_SYSTEM)),
    nothing(
        "no system said", "1", says(ANNA, "", replace(IPHONE, said_os="")), at(ANNA, ID1, IPHONE)
    ),
    nothing(
        "no model said", "1", says(ANNA, "", replace(IPHONE, said_model="")), at(ANNA, ID1, IPHONE)
    ),
    nothing(
        "one undecidable beside",
        "1",
        says(ANNA, "", IPHONE),
        at(ANNA, ID1, IPHONE),
        at(ANNA, ID2, GENERIC),
    ),
    nothing(
        "nothing shown beside", "1", says(ANNA, "", IPHONE), at(ANNA, ID1, IPHONE), at(ANNA, ID3)
    ),
    nothing("Outlook beside", "1 2", says(ANNA, "", IPHONE), at(ANNA, ID1, IPHONE), outlook(ANNA)),
    nothing("Outlook only", "1", says(ANNA, "", IPHONE), outlook(ANNA)),
    nothing("another model", "", says(ANNA, "", IPHONE), at(ANNA, ID1, IPHONE_15)),
    nothing("another platform", "", says(ANNA, "", IPHONE), at(ANNA, HEX2, PIXEL)),
    nothing("Windows Mail", "1", says(ANNA, "", WINDOWS), at(ANNA, HEX2, WINDOWS)),
    probable(
        "Windows Mail beside",
        "1",
        says(ANNA, "", IPHONE),
        at(ANNA, ID1, IPHONE),
        at(ANNA, HEX2, WINDOWS),
    ),
)
