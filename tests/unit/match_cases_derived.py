"""Cases in which a serial number or a UDID leads to the partnership."""

from tests.unit.match_cases_builders import (
    ANNA,
    BEN,
    DESK,
    HEX1,
    ID1,
    IPHONE,
    NEW_SERIAL,
    NOBODY,
    OLD_IPHONE,
    PIXEL,
    SAMSUNG,
    SERIAL1,
    SERIAL2,
    UDID1,
    at,
    certain,
    nothing,
    outlook,
    probable,
    says,
)

APPL1, APPL2 = f"Appl{SERIAL1}", f"Appl{SERIAL2}"
BARE_UDID = UDID1.replace("-", "")
LONG_UDID = "d88496fdf7115ac9f3ab69966cbaf91d960b9503"

OF_SERIAL = (
    certain(
        "old iPhone", "1", says(ANNA, "", OLD_IPHONE, serial=SERIAL1), at(ANNA, APPL1, OLD_IPHONE)
    ),
    certain("serial and owner only", "1", says(ANNA, serial=SERIAL1), at(ANNA, APPL1)),
    probable("serial only", "1", says(NOBODY, serial=SERIAL1), at(ANNA, APPL1)),
    certain("serial in lower case", "1", says(ANNA, serial=SERIAL1.lower()), at(ANNA, APPL1)),
    certain("id in capitals", "1", says(ANNA, serial=SERIAL1), at(ANNA, APPL1.upper())),
    certain("serial with spaces", "1", says(ANNA, serial=f" {SERIAL1}\t"), at(ANNA, APPL1)),
    certain("serial of ten", "1", says(ANNA, serial=NEW_SERIAL), at(ANNA, f"Appl{NEW_SERIAL}")),
    certain("serial of eleven", "1", says(ANNA, serial="87851QLCY7H"), at(ANNA, "Appl87851QLCY7H")),
    certain(
        "one of two old iPhones", "2", says(ANNA, serial=SERIAL2), at(ANNA, APPL1), at(ANNA, APPL2)
    ),
    probable("serial of a colleague's", "1", says(ANNA, serial=SERIAL1), at(BEN, APPL1)),
    probable(
        "serial in two mailboxes",
        "1 2",
        says(NOBODY, serial=SERIAL1),
        at(ANNA, APPL1),
        at(BEN, APPL1),
    ),
    certain(
        "serial, own and shared",
        "1 2",
        says(ANNA, serial=SERIAL1),
        at(ANNA, APPL1),
        at(DESK, APPL1),
    ),
    probable(
        "serial of a new iPhone",
        "1",
        says(ANNA, "", IPHONE, serial=NEW_SERIAL),
        at(ANNA, ID1, IPHONE),
    ),
    nothing("serial as the whole id", "1", says(ANNA, serial=SERIAL1), at(ANNA, SERIAL1)),
    nothing("part of the serial", "", says(ANNA, serial=SERIAL1[:10]), at(ANNA, APPL1)),
    nothing("another prefix", "", says(ANNA, serial=SERIAL1), at(ANNA, f"Ncho{SERIAL1}")),
    probable(
        "Samsung's serial",
        "1",
        says(BEN, "", SAMSUNG, serial="R58N70ABX1T"),
        at(BEN, HEX1, SAMSUNG),
    ),
    certain(
        "old id kept, new one too",
        "1 2",
        says(ANNA, ID1, serial=SERIAL1),
        at(ANNA, APPL1),
        at(ANNA, ID1),
    ),
    certain(
        "serial, Outlook beside", "2", says(ANNA, serial=SERIAL1), outlook(ANNA), at(ANNA, APPL1)
    ),
)
OF_UDID = (
    certain("UDID configured", "1", says(ANNA, udid=UDID1), at(ANNA, UDID1)),
    certain("UDID without dash", "1", says(ANNA, udid=UDID1), at(ANNA, BARE_UDID)),
    certain("UDID reported bare", "1", says(ANNA, udid=BARE_UDID), at(ANNA, BARE_UDID.lower())),
    certain("Workspace ONE's UDID", "1", says(ANNA, "", PIXEL, udid=HEX1), at(ANNA, HEX1, PIXEL)),
    certain("UDID of 40 digits", "1", says(ANNA, udid=LONG_UDID), at(ANNA, LONG_UDID)),
    probable("UDID at a colleague's", "1", says(ANNA, udid=UDID1), at(BEN, BARE_UDID)),
    probable("UDID, no owner", "1", says(NOBODY, udid=HEX1), at(BEN, HEX1)),
    nothing("the MDM's number as id", "1", says(ANNA, mdm_id="20481234"), at(ANNA, "20481234")),
    nothing("UDID in Outlook's place", "", says(ANNA, udid=HEX1), outlook(ANNA, HEX1)),
)
CASES = (*OF_SERIAL, *OF_UDID)
