"""IBM MaaS360's REST web services, as far as a poller of devices and of what befell them goes."""

from infra.local.simulators.maas360.account import Account
from infra.local.simulators.maas360.actions import ActionStatus
from infra.local.simulators.maas360.journal import Answered
from infra.local.simulators.maas360.simulator import MaaS360

__all__ = ["Account", "ActionStatus", "Answered", "MaaS360"]
