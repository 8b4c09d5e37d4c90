"""Cases in which an identifier says nothing, or the same of many."""

from tests.unit.match_cases_builders import (
    ANNA,
    BEN,
    HEX1,
    HEX2,
    ID1,
    ID2,
    IMEI1,
    IPHONE,
    NOBODY,
    PIXEL,
    SAMSUNG,
    SERIAL1,
    at,
    certain,
    nothing,
    outlook,
    probable,
    says,
)

ZEROS = "000000000000000"
EMULATOR = "358240051111110"
TEST_NUMBER = "001012345678903"
BROKEN_ANDROID = "android9774d56d682e549c"

SERIALS = (
    nothing("serial 0", "", says(ANNA, serial="0"), at(ANNA, "Appl0")),
    nothing("serial unknown", "", says(ANNA, serial="unknown"), at(ANNA, "Applunknown")),
    nothing("serial UNKNOWN", "", says(ANNA, serial="UNKNOWN"), at(ANNA, "ApplUNKNOWN")),
    nothing(
        "serial unknown and digits",
        "",
        says(ANNA, serial="unknown00001"),
        at(ANNA, "Applunknown00001"),
    ),
    nothing("serial N/A", "", says(ANNA, serial="N/A"), at(ANNA, "ApplN/A")),
    nothing("serial None", "", says(ANNA, serial="None"), at(ANNA, "ApplNone")),
    nothing("serial null", "", says(ANNA, serial="null"), at(ANNA, "Applnull")),
    nothing(
        "serial of a board",
        "",
        says(ANNA, serial="System Serial Number"),
        at(ANNA, "ApplSystem Serial Number"),
    ),
    nothing(
        "default string", "", says(ANNA, serial="Default string"), at(ANNA, "ApplDefault string")
    ),
    nothing(
        "to be filled",
        "",
        says(ANNA, serial="To be filled by O.E.M."),
        at(ANNA, "ApplTo be filled by O.E.M."),
    ),
    nothing("not available", "", says(ANNA, serial="NotAvailable"), at(ANNA, "ApplNotAvailable")),
    nothing("twelve zeros", "", says(ANNA, serial="000000000000"), at(ANNA, "Appl000000000000")),
    nothing("crossed out", "", says(ANNA, serial="C02XXXXXXXXX"), at(ANNA, "ApplC02XXXXXXXXX")),
    nothing("counted up", "", says(ANNA, serial="0123456789AB"), at(ANNA, "Appl0123456789AB")),
    nothing("counted from 1", "", says(ANNA, serial="1234567890"), at(ANNA, "Appl1234567890")),
    nothing("Android's ABCDEF", "", says(ANNA, serial="01ABCDEF02"), at(ANNA, "Appl01ABCDEF02")),
    nothing(
        "Apple's simulator", "", says(ANNA, serial="SIMULATOR123"), at(ANNA, "ApplSIMULATOR123")
    ),
    nothing(
        "Android's emulator", "", says(ANNA, serial="EMULATOR30X1"), at(ANNA, "ApplEMULATOR30X1")
    ),
    nothing("empty serial", "", says(ANNA, serial="  "), at(ANNA, "Appl")),
)
IMEIS = (
    nothing("IMEI of zeros", "", says(BEN, imei=ZEROS), at(BEN, HEX1, imei=ZEROS)),
    nothing(
        "zeros with dashes", "", says(BEN, imei="00-000000-000000-0"), at(BEN, HEX1, imei=ZEROS)
    ),
    nothing("IMEI 0", "", says(BEN, imei="0"), at(BEN, HEX1, imei="0")),
    nothing("IMEI unknown", "", says(BEN, imei="unknown"), at(BEN, HEX1, imei="unknown")),
    nothing(
        "IMEI of ones", "", says(BEN, imei="11111111111111"), at(BEN, HEX1, imei="11111111111111")
    ),
    nothing("IMEI of an emulator", "", says(BEN, imei=EMULATOR), at(BEN, HEX1, imei=EMULATOR)),
    nothing("IMEI for tests", "", says(BEN, imei=TEST_NUMBER), at(BEN, HEX1, imei=TEST_NUMBER)),
    nothing(
        "IMEI of the textbook",
        "",
        says(BEN, imei="490154203237518"),
        at(BEN, HEX1, imei="490154203237518"),
    ),
    nothing(
        "IMEI counted up",
        "",
        says(BEN, imei="123456789012347"),
        at(BEN, HEX1, imei="123456789012347"),
    ),
    nothing(
        "clone's serial of zeros",
        "",
        says(BEN, imei="35909206000000"),
        at(BEN, HEX1, imei="35909206000000"),
    ),
    nothing(
        "MEID is no IMEI",
        "1",
        says(BEN, imei="A0000012345678"),
        at(BEN, HEX1, imei="A0000012345678"),
    ),
    nothing(
        "short number", "", says(BEN, imei="3590920681734"), at(BEN, HEX1, imei="3590920681734")
    ),
    nothing(
        "two numbers in one", "1", says(BEN, imei=f"{IMEI1} {IMEI1}"), at(BEN, HEX1, imei=IMEI1)
    ),
    nothing("no IMEI on either side", "", says(BEN), at(BEN, HEX1)),
    certain("zeros contradict nothing", "1", says(BEN, ID1, imei=IMEI1), at(BEN, ID1, imei=ZEROS)),
    certain(
        "unknown contradicts nothing", "1", says(BEN, ID1, imei="unknown"), at(BEN, ID1, imei=IMEI1)
    ),
)
DEVICE_IDS = (
    nothing("id null", "", says(ANNA, "null"), at(ANNA, "null")),
    nothing("Android without a number", "", says(NOBODY, "Androidnull"), at(BEN, "Androidnull")),
    nothing("id of zeros", "", says(ANNA, "0" * 32), at(ANNA, "0" * 32)),
    nothing("id undefined", "", says(ANNA, "undefined"), at(ANNA, "undefined")),
    nothing("id unknown", "", says(ANNA, "unknown-id"), at(ANNA, "unknown-id")),
    nothing("id 0", "", says(ANNA, "0"), at(ANNA, "0")),
    nothing("id of spaces", "", says(ANNA, "   "), at(ANNA, "   ")),
    nothing("empty id on both sides", "", says(ANNA, ""), at(ANNA, "")),
    nothing(
        "Android 2.2's one id for all", "", says(ANNA, BROKEN_ANDROID), at(ANNA, BROKEN_ANDROID)
    ),
    nothing("nothing said but the owner", "", says(ANNA), at(ANNA, ID1, IPHONE)),
    nothing("nothing said at all", "", says(NOBODY), at(ANNA, ID1, IPHONE), at(BEN, ID2)),
    nothing("only looks, no owner", "", says(NOBODY, "", IPHONE), at(ANNA, ID1, IPHONE)),
    nothing("UDID of zeros", "", says(ANNA, udid="00000000-0000000000000000"), at(ANNA, "0" * 24)),
    nothing("UDID is a word", "", says(ANNA, udid="not enrolled"), at(ANNA, "not enrolled")),
)
# Where an identifier says nothing, the others still count.
OTHERS_COUNT = (
    certain("serial 0, but the id", "1", says(ANNA, ID1, serial="0"), at(ANNA, ID1)),
    certain(
        "zeros, but the serial",
        "1",
        says(ANNA, imei=ZEROS, serial=SERIAL1),
        at(ANNA, f"Appl{SERIAL1}"),
    ),
    certain("null, but the IMEI", "1", says(BEN, "null", imei=IMEI1), at(BEN, HEX1, imei=IMEI1)),
    probable("null, but the looks", "1", says(BEN, "null", PIXEL), at(BEN, HEX1, PIXEL)),
    probable(
        "zeros, but the looks", "1", says(BEN, "", SAMSUNG, imei=ZEROS), at(BEN, HEX2, SAMSUNG)
    ),
    nothing("nothing, and Outlook", "1", says(ANNA, serial="0"), outlook(ANNA)),
)
CASES = (*SERIALS, *IMEIS, *DEVICE_IDS, *OTHERS_COUNT)
