"""
A corpus of certificate chains and revocation lists, each to be judged at a given moment.

Names and order are the same in each run; keys of RSA and some signatures are not.
"""

from tests.contract.trust_chain_cases import CHAINS
from tests.contract.trust_crl_cases import CRLS
from tests.contract.trust_listing_cases import LISTINGS
from tests.contract.trust_questions import ChainCase, CrlCase, ListingCase, Plainly

__all__ = ["CHAINS", "CRLS", "LISTINGS", "ChainCase", "CrlCase", "ListingCase", "Plainly"]
