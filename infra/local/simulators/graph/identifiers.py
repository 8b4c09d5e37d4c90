"""Ids that callers send."""

import uuid

from infra.local.simulators.graph.refusals import bad_request


def guid(value: object, name: str) -> str:
    """Return an id in its usual form, or raise `RefusedError` for what is none."""
    try:
        return str(uuid.UUID(str(value)))
    except ValueError as error:
        raise bad_request(
            f"Invalid value '{value}' specified for property '{name}': it is not a Guid.",
            code="BadRequest",
        ) from error
