"""
What the app tells of itself as it runs: traces, metrics and logs, by OpenTelemetry.

Nothing in them names a person or a phone: no mailbox, no DeviceID, no serial number. Which
those were stands in the operation's record, under the operation_id that is in them.
Without APPLICATIONINSIGHTS_CONNECTION_STRING all of this costs next to nothing, and
traces still go from message to message.
"""
