"""A function app for the host's own tests: each function writes what it saw to a file."""

import asyncio
import json
import logging
import os
import sys
import threading
import time
import typing
from pathlib import Path

import azure.functions as func
from azure.functions.timer import TimerRequest

app = func.FunctionApp(http_auth_level=func.AuthLevel.FUNCTION)
blueprint = func.Blueprint()
lock = threading.Lock()


def record(function: str, **seen: object) -> None:
    """Add one line to the file that the setting RECORD names."""
    with lock, Path(os.environ["RECORD"]).open("a") as file:  # noqa: TID251  a setting of this app
        file.write(json.dumps({"function": function, **seen}, default=str) + "\n")


@app.route("echo/{number:int}/{rest?}", methods=["GET", "POST"])
def echo(req: func.HttpRequest, context: func.Context) -> func.HttpResponse:
    """Answer with what the request looks like from inside."""
    logging.getLogger(__name__).info("echoing")
    seen = {
        "method": req.method,
        "url": req.url,
        "route": dict(req.route_params),
        "query": dict(req.params),
        "headers": dict(req.headers),
        "body": req.get_body().decode(),
        "function": context.function_name,
        "invocation": context.invocation_id,
        "trace": context.trace_context.trace_parent,
    }
    return func.HttpResponse(json.dumps(seen), mimetype="application/json")


@app.route("echo/0/special", auth_level=func.AuthLevel.ANONYMOUS)
async def special(req: func.HttpRequest) -> str:
    """Answer without looking at *req*, and log from a thread of one's own."""
    await asyncio.to_thread(logging.getLogger(__name__).info, "from elsewhere")
    return f"special {len(req.get_body())}"


@app.route("cookies", methods=["GET"], auth_level=func.AuthLevel.ANONYMOUS)
def cookies(req: func.HttpRequest) -> func.HttpResponse:
    """Set two cookies."""
    response = func.HttpResponse(req.method, status_code=201)
    response.headers.add("Set-Cookie", "a=1; Path=/")
    response.headers.add("Set-Cookie", "b=2; HttpOnly")
    return response


@app.route("broken/{how}", auth_level=func.AuthLevel.ANONYMOUS)
async def broken(req: func.HttpRequest) -> func.HttpResponse:
    """Go wrong as asked."""
    how = req.route_params["how"]
    if how == "cancel":
        raise asyncio.CancelledError
    if how == "exit":
        sys.exit(3)
    if how == "hang":
        await asyncio.sleep(60)
    if how == "nothing":
        return typing.cast("func.HttpResponse", None)
    raise RuntimeError("the secret reason")


@app.route("orders", methods=["DELETE"], auth_level=func.AuthLevel.ADMIN)
def administer(req: func.HttpRequest) -> func.HttpResponse:
    """Do what takes the master key."""
    return func.HttpResponse(req.method)


@blueprint.queue_trigger("message", "%WORK_QUEUE%", "AzureWebJobsStorage")
def work(message: func.QueueMessage, context: func.Context) -> None:
    """Record a message, then do what its text says."""
    text = message.get_body().decode()
    record(
        "work",
        text=text,
        id=message.id,
        attempt=message.dequeue_count,
        inserted=message.insertion_time,
        invocation=context.invocation_id,
    )
    if text.startswith("fail"):
        raise RuntimeError(text)
    if text.startswith("slow"):
        time.sleep(float(text.split()[1]))
    record("worked", text=text)


@blueprint.queue_trigger("message", "%DOOMED_QUEUE%-poison", "AzureWebJobsStorage")
def doomed(message: str) -> None:
    """Fail on a queue that has no poison queue."""
    record("doomed", text=message, at=time.time())
    raise RuntimeError("always")


@blueprint.route("send/{kind}", methods=["POST"], auth_level=func.AuthLevel.ANONYMOUS)
@blueprint.queue_output("text", "%OUT_QUEUE%", "AzureWebJobsStorage")
@blueprint.queue_output("texts", "%OUT_QUEUE%", "AzureWebJobsStorage")
def send(
    req: func.HttpRequest,
    text: func.Out[str],
    texts: func.Out[typing.List[str]],  # noqa: UP006
) -> func.HttpResponse:
    """Put the body on a queue: as text, or as the one item of a list."""
    body = req.get_body().decode()
    if req.route_params["kind"] == "text":
        text.set(body)
    else:
        texts.set([body])
    return func.HttpResponse("sent")


@blueprint.route("forward", methods=["POST"], auth_level=func.AuthLevel.ANONYMOUS)
@blueprint.queue_output("text", "%WORK_QUEUE%", "AzureWebJobsStorage")
def forward(req: func.HttpRequest, text: func.Out[str]) -> func.HttpResponse:
    """Hand the body to `work`."""
    text.set(req.get_body().decode())
    return func.HttpResponse("forwarded")


@blueprint.timer_trigger(arg_name="timer", schedule="0 0 0 1 1 *", run_on_startup=True)
def new_year(timer: TimerRequest) -> None:
    """Record when the year begins, and when the host does."""
    record("new_year", past_due=timer.past_due, status=timer.schedule_status)


@blueprint.timer_trigger(arg_name="timer", schedule="%BEAT%")
async def beat(timer: TimerRequest) -> None:
    """Record a beat, and fail: the next one comes all the same."""
    record("beat", past_due=timer.past_due, status=timer.schedule_status, at=time.time())
    await asyncio.sleep(0)
    raise RuntimeError("missed a beat")


@blueprint.timer_trigger(arg_name="timer", schedule="0 0 0 1 1 *")
@blueprint.retry(strategy="fixed_delay", max_retry_count="2", delay_interval="00:00:00")
def stubborn(timer: TimerRequest, context: func.Context) -> None:
    """Record each attempt, and fail it."""
    del timer
    retry = typing.cast("typing.Any", context.retry_context)  # the SDK's class lacks rpc_exception
    failure = retry.rpc_exception.message if retry.rpc_exception else None
    record("stubborn", attempt=retry.retry_count, failure=failure)
    raise RuntimeError(f"attempt {retry.retry_count}")


@blueprint.event_grid_trigger(arg_name="event")
def on_event(event: func.EventGridEvent) -> None:
    """Record an event of either schema."""
    record("on_event", id=event.id, kind=type(event).__name__)
    if event.id == "bad":
        raise RuntimeError("bad event")


app.register_functions(blueprint)
