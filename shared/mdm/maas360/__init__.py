"""
IBM MaaS360, which has no webhook: its REST web services are asked, page by page.

IBM's guide to them is not public. What is done here follows the code of public clients
(Milhound/maas360api, MichaelAlestock/MaaS360PS, Stjubit/TA-MaaS360, IBM's fn_maas360); each
file names its guesses. No error code is relied on, as none could be verified.
"""
