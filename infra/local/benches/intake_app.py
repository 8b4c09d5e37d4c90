"""The product's intake; what the host itself costs; what it costs to store a message at all."""

import azure.functions as func

from functions import webhooks
from shared import wiring

app = func.FunctionApp(http_auth_level=func.AuthLevel.FUNCTION)
app.register_functions(webhooks.blueprint)


@app.route(route="empty", methods=["POST"], auth_level=func.AuthLevel.ANONYMOUS)
def on_nothing(req: func.HttpRequest) -> func.HttpResponse:
    """Read the body, as any webhook must, and answer."""
    req.get_body()
    return func.HttpResponse(status_code=202)


@app.route(route="stored", methods=["POST"], auth_level=func.AuthLevel.ANONYMOUS)
def on_anything(req: func.HttpRequest) -> func.HttpResponse:
    """Put the body on a queue, unseen, and answer."""
    wiring.queues().put_on("bench", req.get_body(), None)
    return func.HttpResponse(status_code=202)
