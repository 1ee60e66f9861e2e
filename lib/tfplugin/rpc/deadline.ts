import { millisecondsOf, OperationTimeout, type TimeLimit } from "../timeouts";

/** A signal that aborts with the user's Ctrl-C or when the time is over, whichever comes first. `end` it after use. */
export interface Deadline {
  readonly signal: AbortSignal;
  end(): void;
}

/** The longest that a timer of Node can wait, 24.8 days. */
const LONGEST = 2 ** 31 - 1;

/** Starts to count. */
export function startDeadline(cancelled: AbortSignal, limit: TimeLimit): Deadline {
  const controller = new AbortController();
  const cancel = () => controller.abort(cancelled.reason);
  if (cancelled.aborted) cancel();
  cancelled.addEventListener("abort", cancel, { once: true });
  const milliseconds = millisecondsOf(limit);
  const timer =
    milliseconds <= LONGEST
      ? setTimeout(() => controller.abort(new OperationTimeout(limit)), milliseconds)
      : undefined;
  return {
    signal: controller.signal,
    end() {
      clearTimeout(timer);
      cancelled.removeEventListener("abort", cancel);
    },
  };
}
