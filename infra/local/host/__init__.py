"""
The embedded function host: runs an Azure Functions Python v2 app on this machine.

It does what the platform's host and worker do for an app with HTTP, queue, timer and Event Grid
triggers and with queue outputs, in the same order and with the same semantics, against real
storage queues. The app needs no change.

What it does not do:
- no scale-out, no second worker process, no dynamic concurrency;
- no leases between instances: a timer runs in every host that is started;
- no platform front end: no 230 second limit, no CORS, and Easy Auth as easy_auth.py says;
- no Application Insights;
- no key store: keys come from the command line, and Event Grid's endpoint takes the same ones;
- no other trigger or binding (refused at start), no TimeSpan schedules;
- no identity-based storage connection (what needs one does not listen);
- no restart of the process at functionTimeout: the call fails, the log says what the cloud does;
- no .NET rendering of dates that stand alone in a JSON array or in a promoted property.

Kinder than the platform, and loud about it: a function that lets CancelledError escape or calls
sys.exit fails here; there it hangs until its timeout, or takes the process along.

A received message stays invisible for 10 minutes on the platform, always. `--lease` shortens
that here, so that a test that kills the process need not wait.
"""
