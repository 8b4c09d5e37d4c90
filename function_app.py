"""The table of contents: which functions this app has."""

import azure.functions as func

from functions import (
    alerts,
    approvals,
    audit,
    certificates,
    inventory,
    operation_lists,
    operations,
    portal,
    queues,
    recognition,
    stale,
    throttle,
    timers,
    undo_replay,
    user_certificates,
    webhooks,
)

app = func.FunctionApp(http_auth_level=func.AuthLevel.FUNCTION)
app.register_functions(webhooks.blueprint)
app.register_functions(queues.blueprint)
app.register_functions(alerts.blueprint)
app.register_functions(timers.blueprint)
app.register_functions(operations.blueprint)
app.register_functions(operation_lists.blueprint)
app.register_functions(recognition.blueprint)
app.register_functions(approvals.blueprint)
app.register_functions(portal.blueprint)
app.register_functions(inventory.blueprint)
app.register_functions(stale.blueprint)
app.register_functions(certificates.blueprint)
app.register_functions(user_certificates.blueprint)
app.register_functions(undo_replay.blueprint)
app.register_functions(throttle.blueprint)
app.register_functions(audit.blueprint)
