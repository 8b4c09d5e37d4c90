"""One mailbox by its name: an odd name is answered with none, several, or all there are."""

from shared.errors import Failure, NotFound, Rejected
from shared.exchange.reply import Reply, Row
from shared.exchange.transport import Call, Transport

GET = "Get-CASMailbox"


def named(identity: str) -> str:
    """Return the identity; Exchange answers an empty one with all objects there are."""
    if not identity.strip():
        raise Rejected("a mailbox or device must be named")
    return identity


def asking(mailbox: str) -> Call:
    """Return the call that reads a mailbox."""
    return Call(GET, {"Identity": named(mailbox)})


def read_mailbox(transport: Transport, mailbox: str) -> Row:
    """Return the mailbox's row; NotFound if there is no such mailbox."""
    call = asking(mailbox)
    try:
        answer: Reply | Failure = transport.invoke(call.cmdlet, call.parameters)
    except NotFound as unknown:
        answer = unknown
    return only_mailbox(mailbox, answer)


def only_mailbox(mailbox: str, answer: Reply | Failure) -> Row:
    """Return the only row of an answer; raises what the answer failed with."""
    if isinstance(answer, NotFound):
        raise NotFound(f"Exchange knows no mailbox {mailbox}: check its address") from answer
    if isinstance(answer, Failure):
        raise answer
    if len(answer.rows) != 1:
        raise NotFound(f"Exchange knows {len(answer.rows)} mailboxes by the name {mailbox}")
    return answer.rows[0]
