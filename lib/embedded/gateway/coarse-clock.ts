/**
 * The time for what happens with each packet: asking the system costs about a hundredth of relaying a datagram.
 * It stands still for up to half a second, and no timer runs while nobody asks.
 */

const tickMs = 500;

let time = 0;
let timer: NodeJS.Timeout | undefined;
let asked = false;

/** Milliseconds since 1970, at most half a second ago. */
export function coarseNow(): number {
  asked = true;
  if (timer === undefined) {
    time = Date.now();
    timer = setInterval(tick, tickMs).unref();
  }
  return time;
}

function tick(): void {
  if (asked) {
    time = Date.now();
    asked = false;
  } else {
    clearInterval(timer);
    timer = undefined;
  }
}
