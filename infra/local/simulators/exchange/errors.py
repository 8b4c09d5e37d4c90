"""The error tree: CmdletError is an error body, HttpError is any other refusal."""

from enum import Enum, auto

import httpx

DOMAIN_CONTROLLER = "SIMPR01A001DC01.SIMPR01A001.PROD.OUTLOOK.COM"
_BINDING = "Microsoft.Exchange.AdminApi.CommandInvocation"


class Layer(Enum):
    """Which part of the service refused: it decides where the useful text stands."""

    CMDLET = auto()
    BINDING = auto()  # the text is in details and in internalexception
    TRANSFORMATION = auto()  # no details at all


class CmdletError(Exception):
    """
    A command that was understood as HTTP and refused by Exchange.

    *exception* is a .NET type name; status None is whatever the service answers for a
    missing object today.
    """

    def __init__(
        self,
        text: str,
        *,
        exception: str,
        status: int | None = 400,
        layer: Layer = Layer.CMDLET,
    ) -> None:
        super().__init__(text)
        self.text = text
        self.exception = exception
        self.status = status
        self.layer = layer


class HttpError(Exception):
    """A refusal without Exchange's error body."""

    def __init__(self, response: httpx.Response) -> None:
        super().__init__(response.status_code)
        self.response = response


def not_found(what: str) -> CmdletError:
    """Return the error for an identity that names nothing."""
    return CmdletError(
        f"The operation couldn't be performed because object '{what}' couldn't be found on"
        f" '{DOMAIN_CONTROLLER}'.",
        exception="Microsoft.Exchange.Configuration.Tasks.ManagementObjectNotFoundException",
        status=None,
    )


def ambiguous(what: str) -> CmdletError:
    """Return the error for an identity that names more than one thing."""
    return CmdletError(
        f"The operation couldn't be performed because '{what}' matches multiple entries.",
        exception="Microsoft.Exchange.Configuration.Tasks.ManagementObjectAmbiguousException",
    )


def invalid(text: str, *, exception: str = "System.InvalidOperationException") -> CmdletError:
    """Return the error of a cmdlet that ran and said no."""
    return CmdletError(text, exception=exception)


def unknown_parameter(name: str) -> CmdletError:
    """Return the binding error for a parameter the cmdlet does not have."""
    return _ambiguous(f"Invalid cmdlet parameters specified. {name}")


def conflicting_parameters() -> CmdletError:
    """Return the binding error for parameters of two sets."""
    return _ambiguous("Multiple parameter sets are applicable.")


def missing_parameter(names: str) -> CmdletError:
    """Return the binding error for a mandatory parameter left out."""
    return _ambiguous(f"Missing mandatory parameters: {names}.")


def _ambiguous(tail: str) -> CmdletError:
    return CmdletError(
        "Parameter set cannot be resolved using the specified named parameters. " + tail,
        exception=f"{_BINDING}.AmbiguousParameterSetException",
        layer=Layer.BINDING,
    )


def bad_value(name: str, value: object, kind: str, hint: str = "") -> CmdletError:
    """Return the transformation error for a value that does not fit its parameter."""
    return CmdletError(
        f"Cannot process argument transformation on parameter '{name}'. Cannot convert value"
        f' "{value}" to type "{kind}". {hint}'.rstrip(),
        exception=f"{_BINDING}.ParameterTransformationException",
        layer=Layer.TRANSFORMATION,
    )


def out_of_range(name: str, value: object, low: object, high: object) -> CmdletError:
    """Return the error for a value of the right kind outside its bounds."""
    return CmdletError(
        f'The value "{value}" of {name} is out of range: it must be from {low} to {high}.',
        exception="Microsoft.Exchange.Data.DataValidationException",
    )


def already_exists(name: str) -> CmdletError:
    """Return the error for a new object whose name is taken."""
    return CmdletError(
        f"The object '{name}' already exists.",
        exception="Microsoft.Exchange.Data.Directory.ADObjectAlreadyExistsException",
    )


def out_of_write_scope(what: str) -> CmdletError:
    """Return the error for a change of a recipient that the caller's roles do not reach."""
    return CmdletError(
        f"'{what}' isn't within your current write scopes. Can't perform save operation.",
        exception="Microsoft.Exchange.Data.Directory.ADScopeException",
    )


def out_of_read_scope(what: str) -> CmdletError:
    """Return the error for a recipient that the caller may not even look at."""
    return CmdletError(
        f"The operation on '{what}' failed because it's out of the current user's read scope.",
        exception="Microsoft.Exchange.Configuration.Tasks.TaskInvalidOperationException",
    )


def store_failed(mailbox: str, exception: str) -> CmdletError:
    """Return the error of a mailbox that can't be opened; *exception* is a short name."""
    return CmdletError(
        f"The mailbox {mailbox} can't be opened: {exception}.",
        exception=f"Microsoft.Exchange.Data.Storage.{exception}",
    )
