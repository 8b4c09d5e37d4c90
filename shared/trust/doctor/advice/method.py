"""Codes about the method: for whom it is, whose a certificate is, and what it counts as."""

from collections.abc import Mapping

from shared.credentials.findings import Advice, Grade
from shared.trust.doctor.codes import Code

ADVICE: Mapping[Code, Advice] = {
    Code.NO_BINDINGS: Advice(
        Grade.FAIL,
        "nothing says by which field a certificate belongs to a user",
        "order set_certificate_method with a binding, PrincipalName to userPrincipalName first",
    ),
    Code.PRIORITIES_CLASH: Advice(
        Grade.WARN,
        "two bindings have the same priority, so their order is anybody's guess",
        "order set_certificate_method with a priority of its own for each binding",
    ),
    Code.SAMPLE_NOT_MAPPED: Advice(
        Grade.FAIL,
        "by the bindings, the sample certificate is not this user's",
        "issue it with the user's name in a field that is bound, or bind the field that it has",
    ),
    Code.SAMPLE_MAPPING_UNKNOWN: Advice(
        Grade.UNKNOWN,
        "whether the sample certificate leads to this user cannot be told for certain",
        "sign in with it once, and look at the row X12",
    ),
    Code.SAMPLE_WITHOUT_MAIL_ADDRESS: Advice(
        Grade.FAIL,
        "Exchange ActiveSync wants the user's mail address in the certificate, as principal name "
        "or RFC 822 name, and the sample has none",
        "issue the certificate with the user's mail address among its alternative names",
    ),
    Code.METHOD_OFF: Advice(
        Grade.FAIL,
        "authorities are trusted, but sign-in by certificate is switched off",
        "order set_certificate_method with enabled true, or remove the authorities",
    ),
    Code.NOBODY_MAY: Advice(
        Grade.FAIL,
        "the method is on, but for nobody",
        "order set_certificate_method with those whom it is for among include",
    ),
    Code.MEMBERSHIP_UNKNOWN: Advice(
        Grade.UNKNOWN,
        "the method is not on for everybody, and who is in which group is not looked at",
        "see in Entra ID whether the user is in these groups",
    ),
    Code.SETTINGS_UNKNOWN: Advice(
        Grade.UNKNOWN,
        "the tenant has set what this app does not know",
        "look these settings up in Microsoft's documentation",
    ),
    Code.RULE_ISSUER_UNKNOWN: Advice(
        Grade.WARN,
        "a rule is about an issuer that is not among the trusted authorities",
        "correct the issuer in the rule, or add the authority",
    ),
    Code.RULE_POLICY_WRONG: Advice(
        Grade.FAIL,
        "a rule is about a policy whose name is no object identifier",
        "order set_certificate_method with the policy's OID, as 1.3.6.1.4.1.311.21.8.1",
    ),
}
