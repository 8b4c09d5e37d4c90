"""The table of contents: which functions this app has."""

import azure.functions as func

from functions import (
    certificates,
    inventory,
    operations,
    queues,
    recognition,
    stale,
    timers,
    webhooks,
)

app = func.FunctionApp(http_auth_level=func.AuthLevel.FUNCTION)
app.register_functions(webhooks.blueprint)
app.register_functions(queues.blueprint)
app.register_functions(timers.blueprint)
app.register_functions(operations.blueprint)
app.register_functions(recognition.blueprint)
app.register_functions(inventory.blueprint)
app.register_functions(stale.blueprint)
app.register_functions(certificates.blueprint)
