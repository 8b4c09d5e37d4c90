"""
What each kind of telemetry holds, by the published schema of the endpoint.

Read in microsoft/ApplicationInsights-Home, EndpointSpecs/Schemas.
"""

from infra.local.simulators.insights.fields import (
    VALUE_LIMIT,
    Choice,
    Flag,
    Listed,
    Named,
    Number,
    Rules,
    Span,
    Text,
)

LONG = 32768
_SEVERITY = Choice(("Verbose", "Information", "Warning", "Error", "Critical"))
_PROPERTIES = Named(Text(VALUE_LIMIT))
_MEASUREMENTS = Named(Number())
_CUSTOM: Rules = {"properties": _PROPERTIES, "measurements": _MEASUREMENTS}
_SCHEMA = Number(whole=True)  # the version, 2 if it is left out

_FRAME: Rules = {
    "level": Number(required=True, whole=True),
    "method": Text(1024, required=True),
    "assembly": Text(1024),
    "fileName": Text(1024),
    "line": Number(whole=True),
}
_EXCEPTION: Rules = {
    "id": Number(whole=True),
    "outerId": Number(whole=True),
    "typeName": Text(1024, required=True),
    "message": Text(LONG, required=True),
    "hasFullStack": Flag(),
    "stack": Text(LONG),
    "parsedStack": Listed("StackFrame", _FRAME),
}
_POINT: Rules = {
    "ns": Text(256),
    "name": Text(1024, required=True),
    "kind": Choice(("Measurement", "Aggregation")),
    "value": Number(required=True),
    "count": Number(whole=True),
    "min": Number(),
    "max": Number(),
    "stdDev": Number(),
}

CONTRACTS: dict[str, Rules] = {
    "RequestData": {
        "ver": _SCHEMA,
        "id": Text(128, required=True),
        "duration": Span(required=True),
        "responseCode": Text(1024, required=True),
        "success": Flag(required=True),
        "source": Text(1024),
        "name": Text(1024),
        "url": Text(2048),
        **_CUSTOM,
    },
    "RemoteDependencyData": {
        "ver": _SCHEMA,
        "name": Text(1024, required=True),
        "id": Text(128),
        "resultCode": Text(1024),
        "duration": Span(required=True),
        "success": Flag(),
        "data": Text(VALUE_LIMIT),
        "type": Text(1024),
        "target": Text(1024),
        **_CUSTOM,
    },
    "MessageData": {
        "ver": _SCHEMA,
        "message": Text(LONG, required=True),
        "severityLevel": _SEVERITY,
        **_CUSTOM,
    },
    "MetricData": {
        "ver": _SCHEMA,
        "metrics": Listed("DataPoint", _POINT, required=True),
        "properties": _PROPERTIES,
    },
    "ExceptionData": {
        "ver": _SCHEMA,
        "exceptions": Listed("ExceptionDetails", _EXCEPTION, required=True),
        "severityLevel": _SEVERITY,
        "problemId": Text(1024),
        **_CUSTOM,
    },
    "EventData": {"ver": _SCHEMA, "name": Text(512, required=True), **_CUSTOM},
}

# The context of an item: who and what it is about.
TAGS: Rules = {
    "ai.application.ver": Text(1024),
    "ai.device.id": Text(1024),
    "ai.device.locale": Text(64),
    "ai.device.model": Text(256),
    "ai.device.oemName": Text(256),
    "ai.device.osVersion": Text(256),
    "ai.device.type": Text(64),
    "ai.location.ip": Text(45),
    "ai.operation.id": Text(128),
    "ai.operation.name": Text(1024),
    "ai.operation.parentId": Text(128),
    "ai.operation.syntheticSource": Text(1024),
    "ai.operation.correlationVector": Text(64),
    "ai.session.id": Text(64),
    "ai.session.isFirst": Text(5),
    "ai.user.accountId": Text(1024),
    "ai.user.id": Text(128),
    "ai.user.authUserId": Text(1024),
    "ai.cloud.role": Text(256),
    "ai.cloud.roleInstance": Text(256),
    "ai.internal.sdkVersion": Text(64),
    "ai.internal.agentVersion": Text(64),
    "ai.internal.nodeName": Text(256),
}
