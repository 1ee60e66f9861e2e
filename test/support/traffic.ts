import { httpBody } from "../../lib/testing/conformance/traffic";

export * from "../../lib/testing/conformance/traffic";

/** How a client fared that connects again and again. */
export interface Knocking {
  /** Stops; resolves when the last answer is there. */
  stop(): Promise<{
    readonly answered: number;
    readonly failures: readonly string[];
    readonly longestGapMs: number;
  }>;
}

/** A client that asks an HTTP server every 20 ms, each time over a new connection. */
export function knock(socketAddress: string): Knocking {
  const failures: string[] = [];
  const pending = new Set<Promise<void>>();
  let answered = 0;
  let longestGapMs = 0;
  let lastAnswer = performance.now();
  const ask = () => {
    const asked = httpBody(socketAddress).then(
      () => {
        answered++;
        const now = performance.now();
        longestGapMs = Math.max(longestGapMs, now - lastAnswer);
        lastAnswer = now;
      },
      (error: Error) => void failures.push(error.message),
    );
    pending.add(asked);
    void asked.then(() => pending.delete(asked));
  };
  const timer = setInterval(ask, 20);
  return {
    stop: async () => {
      clearInterval(timer);
      await Promise.all(pending);
      return { answered, failures, longestGapMs };
    },
  };
}
