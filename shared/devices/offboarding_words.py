"""What is not certain after a step of an offboarding, and what is left for somebody to do."""

from shared.devices.offboarding import Outcome, Step

NOT_ERASED = "nothing was erased on the phone: what was on it is still there"
NOT_CONFIRMED = "the phone did not confirm the wipe: what was on it may still be there"
ONLY_OUTLOOK = (
    "Outlook erases its own data only, on every phone on which this person uses it; nothing else "
    "on the phone is erased"
)
ONLY_MAIL = "an account-only wipe erases what was synced from this mailbox, and nothing else"
WIPE_STANDS = (
    "the partnership is kept, and with it the wipe request: the phone is erased if it ever "
    "signs in again"
)
WIPE_UNKNOWN = "whether the wipe was requested is not known, and no confirmation was seen"
NOT_BLOCKED_ANY_MORE = "the device id has been taken off the mailbox's blocked list since"
IS_BACK = (
    "a partnership of this device id is in the mailbox: a second one, or the phone has tried to "
    "sync again; the blocked list holds for it too"
)
OLD_LIST = (
    "Entra ID keeps a revocation list that it has fetched until that list's NextUpdate: one from "
    "before the revocation may still be in use"
)

UNSURE = {
    (Step.BLOCK, Outcome.FAILED): "the phone may still get mail",
    (Step.WIPE, Outcome.NOT_ASKED): NOT_ERASED,
    (Step.WIPE, Outcome.IMPOSSIBLE): NOT_ERASED,
    (Step.WIPE, Outcome.FAILED): "whether anything was erased on the phone is not known",
    (Step.ACKNOWLEDGEMENT, Outcome.TIMED_OUT): NOT_CONFIRMED,
    (Step.SESSIONS, Outcome.DONE): (
        "access tokens from before the revocation live on for up to about an hour, and Entra ID "
        "may take some minutes to refuse the others"
    ),
    (Step.SESSIONS, Outcome.FAILED): "whoever has the phone may still renew the person's tokens",
    (Step.CERTIFICATE, Outcome.NOT_ASKED): (
        "no serial number was given: whether a certificate on the phone is still accepted is not "
        "known"
    ),
}
REMEDIES = {
    (Step.BLOCK, Outcome.FAILED): "check mailbox and EAS DeviceID, and order block for the device",
    (Step.WIPE, Outcome.FAILED): "order the wipe by itself, if the mailbox still has the device",
    (Step.SESSIONS, Outcome.FAILED): (
        "revoke the person's sessions in the Entra admin center, or mend this and order it again"
    ),
    (Step.CERTIFICATE, Outcome.FAILED): (
        "let the administrator of the certificate authority revoke the certificate and publish the "
        "list"
    ),
    (Step.REMOVAL, Outcome.FAILED): "order remove for the device",
    (Step.REMOVAL, Outcome.LEFT): (
        "order remove for the device once it has confirmed the wipe, or nobody expects it to"
    ),
    (Step.POLICY, Outcome.FAILED): "order assign_policy for the mailbox, with null",
    (Step.SIGN_IN, Outcome.FAILED): (
        "block the sign-in where the account is managed: the Entra admin center, or the local "
        "directory it is synchronised from"
    ),
}
