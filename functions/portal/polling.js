/** Looking again and again, for as long as somebody looks. */

const FIRST = 500; // milliseconds
const LONGEST = 10_000;

/** Call *look* until it says it has seen the end, less and less often; stops with the view. */
export async function until(look, signal) {
  let wait = FIRST;
  while (!signal.aborted) {
    if (!document.hidden && (await look())) return;
    await pause(wait, signal);
    wait = Math.min(wait * 1.3, LONGEST);
  }
}

/** Wait some milliseconds, or until the view is left. */
export function pause(milliseconds, signal) {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds);
    const stop = () => {
      clearTimeout(timer);
      resolve();
    };
    signal?.addEventListener("abort", stop, { once: true });
  });
}
