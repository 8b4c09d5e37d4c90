"""All labelled cases of matching."""

from tests.unit import (
    match_cases_against,
    match_cases_derived,
    match_cases_fleet,
    match_cases_given,
    match_cases_imei,
    match_cases_looks,
    match_cases_owners,
    match_cases_placeholders,
    match_cases_twins,
)

FLEET = match_cases_fleet.CASES
CASES = (
    *match_cases_given.CASES,
    *match_cases_derived.CASES,
    *match_cases_imei.CASES,
    *match_cases_placeholders.CASES,
    *match_cases_against.CASES,
    *match_cases_twins.CASES,
    *match_cases_owners.CASES,
    *match_cases_looks.CASES,
    *FLEET,
)
