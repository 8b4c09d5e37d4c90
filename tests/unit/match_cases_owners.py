"""Cases about owners: renamed, unknown, of several mailboxes, and phones handed on."""

from tests.unit.match_cases_builders import (
    ANNA,
    BEN,
    CARA,
    DESK,
    HEX1,
    ID1,
    ID2,
    IMEI1,
    IPAD,
    IPHONE,
    NOBODY,
    OLD_IPHONE,
    PIXEL,
    SAMSUNG,
    SEC1,
    SERIAL1,
    Owner,
    at,
    certain,
    nothing,
    outlook,
    probable,
    says,
)

APPL = f"Appl{SERIAL1}"
BEFORE = Owner(CARA.others[0])  # as the MDM still knows her
GONE = Owner("gone@contoso.example")
HEIR = Owner("heir@contoso.example", ("gone@contoso.example",))  # took over a leaver's address
LOGIN = Owner("CONTOSO\\anna")
SHORT = Owner("anna")
LOUD = Owner("ANNA@Contoso.Example")
PADDED = Owner(" anna@contoso.example ")
LOCAL = Owner("anna@contoso.local")

RENAMED = (
    certain("old name, id", "1", says(BEFORE, ID1), at(CARA, ID1)),
    certain("old name, serial", "1", says(BEFORE, serial=SERIAL1), at(CARA, APPL)),
    certain("old name, IMEI", "1", says(BEFORE, imei=IMEI1), at(CARA, HEX1, imei=IMEI1)),
    probable("old name, looks", "1", says(BEFORE, "", IPHONE), at(CARA, ID1, IPHONE)),
    certain("old and new name", "1", says(BEFORE, ID1, mail=CARA.upn), at(CARA, ID1)),
    probable("old name is no alias", "1", says(Owner("c.old@contoso.example"), ID1), at(CARA, ID1)),
    probable(
        "new name only in the MDM", "1", says(Owner("c.new@contoso.example"), ID1), at(CARA, ID1)
    ),
    certain("name in capitals", "1", says(LOUD, ID1), at(ANNA, ID1)),
    probable("name in capitals, looks", "1", says(LOUD, "", IPHONE), at(ANNA, ID1, IPHONE)),
    certain("name with spaces", "1", says(PADDED, ID1), at(ANNA, ID1)),
    certain("login name and mail", "1", says(LOGIN, ID1, mail=ANNA.upn), at(ANNA, ID1)),
    probable("login name alone", "1", says(LOGIN, ID1), at(ANNA, ID1)),
    probable(
        "short name and mail", "1", says(SHORT, "", IPHONE, mail=ANNA.upn), at(ANNA, ID1, IPHONE)
    ),
    probable("short name alone", "1", says(SHORT, serial=SERIAL1), at(ANNA, APPL)),
    certain(
        "name of another forest, and mail",
        "1",
        says(LOCAL, ID1, mail=ANNA.others[0]),
        at(ANNA, ID1),
    ),
    probable("name of another forest", "1", says(LOCAL, ID1), at(ANNA, ID1)),
)
HANDED_ON = (
    probable("new owner has not set up mail", "1", says(ANNA, ID1), at(BEN, ID1)),
    probable("new owner by IMEI", "1", says(ANNA, imei=IMEI1), at(BEN, HEX1, imei=IMEI1)),
    probable("new owner by id of IMEI", "1", says(ANNA, imei=IMEI1), at(BEN, SEC1)),
    certain(
        "old iPhone, new owner", "1 2", says(ANNA, serial=SERIAL1), at(BEN, APPL), at(ANNA, APPL)
    ),
    certain("same id at both", "1 2", says(ANNA, ID1), at(BEN, ID1), at(ANNA, ID1)),
    certain(
        "wiped, new id at the new owner's",
        "2",
        says(ANNA, ID2, IPHONE),
        at(BEN, ID1, IPHONE),
        at(ANNA, ID2, IPHONE),
    ),
    certain("MDM still names the leaver", "1", says(GONE, ID1), at(HEIR, ID1)),
    probable("leaver's phone never came back", "", says(GONE, ID1, IPHONE), at(HEIR, ID2, IPHONE)),
    certain("heir's own phone", "1", says(HEIR, ID2), at(HEIR, ID2), at(HEIR, ID1)),
    certain("from the pool, nobody's yet", "1", says(NOBODY, ID1), at(ANNA, ID1)),
    nothing("from the pool, never synced", "", says(NOBODY, ID1, IPHONE), at(ANNA, ID2, IPHONE)),
    probable("back in the pool", "1", says(DESK, serial=SERIAL1), at(BEN, APPL)),
)
SEVERAL = (
    certain("own and shared mailbox", "1 2", says(ANNA, ID1), at(DESK, ID1), at(ANNA, ID1)),
    certain("shared mailbox named", "1 2", says(DESK, ID1), at(DESK, ID1), at(ANNA, ID1)),
    probable(
        "name and mail are two mailboxes",
        "1",
        says(ANNA, ID1, mail=DESK.upn),
        at(ANNA, ID1),
        at(DESK, ID2),
    ),
    probable(
        "two mailboxes, id in both",
        "1 2",
        says(ANNA, ID1, mail=DESK.upn),
        at(ANNA, ID1),
        at(DESK, ID1),
    ),
    nothing(
        "two mailboxes, looks",
        "1",
        says(ANNA, "", IPAD, mail=DESK.upn),
        at(ANNA, ID1, IPAD),
        at(DESK, ID2, IPHONE),
    ),
    certain("second mailbox has no device", "1", says(ANNA, ID1, mail=DESK.upn), at(ANNA, ID1)),
    probable(
        "three mailboxes, no owner",
        "1 3",
        says(NOBODY, ID1),
        *(at(o, ID1) for o in (ANNA, BEN, DESK)),
    ),
    certain(
        "assistant's iPad on two",
        "1 2",
        says(BEN, ID2, IPAD),
        at(ANNA, ID2, IPAD),
        at(BEN, ID2, IPAD),
    ),
    certain(
        "desk phone of many hands",
        "1",
        says(DESK, "", PIXEL, imei=IMEI1),
        at(DESK, HEX1, PIXEL, imei=IMEI1),
    ),
    nothing(
        "owner without any device",
        "",
        says(CARA, "", IPHONE),
        at(ANNA, ID1, IPHONE),
        at(BEN, ID2, SAMSUNG),
    ),
    nothing("unknown owner", "", says(GONE, "", OLD_IPHONE), at(ANNA, APPL, OLD_IPHONE)),
    nothing(
        "Outlook of two mailboxes", "1 2", says(ANNA, "", IPHONE), outlook(ANNA), outlook(DESK)
    ),
)
CASES = (*RENAMED, *HANDED_ON, *SEVERAL)
