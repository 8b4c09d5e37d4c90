// Stops Azurite when the program that started it is gone, however that ended: the other end of
// standard input is held by that program alone, and the kernel closes it even after SIGKILL.
process.stdin.on("end", () => process.kill(process.pid, "SIGTERM"));
process.stdin.resume();
process.stdin.unref(); // listening here is no reason to stay once the services are closed
