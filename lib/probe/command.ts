import { parseArgs } from "node:util";
import { expectationProblem, parseExpectation } from "./expectation";
import { hopHelp } from "./outcome";
import { type ProbeResult, probe } from "./probe";
import { remotely } from "./remote";
import { isNetwork, parseTarget, targetText } from "./target";

/** What a probe is asked for, as texts of a command line. */
export interface ProbeArguments {
  /** `203.0.113.5:20170` */
  readonly address: string;
  readonly expect?: string | undefined;
  /** `500ms`, `30s`, `5m` */
  readonly timeout?: string | undefined;
  /** The forward's sources, comma-separated, to tell why a connection is cut; "" is everyone. */
  readonly allowed?: string | undefined;
  /** Words of a command that runs a program elsewhere; the program is `node`, and reads its script from stdin. */
  readonly from?: readonly string[] | undefined;
}

/** Nothing but a wrong command line: nobody was asked. */
const wrong = 1;
/** There is no way through, or not to what was expected. */
const notReachable = 3;

/** `fairlead probe`, from its words after `probe`; resolves with the exit code. */
export async function probeFromWords(words: readonly string[], script: string): Promise<number> {
  try {
    const { values, positionals } = parseArgs({
      args: [...words],
      allowPositionals: true,
      options: {
        expect: { type: "string" },
        timeout: { type: "string" },
        allowed: { type: "string" },
        from: { type: "string", multiple: true },
      },
    });
    if (positionals.length !== 1)
      return refuse(`${positionals.length} addresses are given, but it has to be one.`);
    return await probeCommand({ ...values, address: positionals[0]! }, script);
  } catch (error) {
    return refuse((error as Error).message);
  }
}

/**
 * Probes, and says in one line how that went; resolves with the exit code: 0 reachable, 3 not reachable, 1 when the
 * arguments are wrong.
 * @param script the provider's executable, which answers to `probe` wherever it is run
 */
export async function probeCommand(given: ProbeArguments, script: string): Promise<number> {
  const { address, expect = "tcp", timeout = "30s", allowed, from } = given;
  const target = parseTarget(address);
  const expected = parseExpectation(expect);
  const timeoutMs = milliseconds(timeout);
  const allowedCidrs = allowed?.split(",").filter((cidr) => cidr !== "");
  const noNetwork = allowedCidrs?.find((cidr) => !isNetwork(cidr));
  if (!target) {
    return refuse(
      `The address is ${JSON.stringify(address)}, but it has to be host:port, such as 203.0.113.5:20170.`,
    );
  }
  if (!expected) return refuse(`--${expectationProblem(expect)}`);
  if (timeoutMs === undefined) {
    return refuse(
      `--timeout is ${JSON.stringify(timeout)}, but it has to be a number and ms, s or m, such as 30s.`,
    );
  }
  if (noNetwork !== undefined) {
    return refuse(
      `--allowed has ${JSON.stringify(noNetwork)}, but it has to be networks such as 198.51.100.0/24, with commas between them.`,
    );
  }
  if (from !== undefined && from.length > 0) {
    const words = [address, "--expect", expect, "--timeout", timeout];
    return remotely(
      from,
      allowed === undefined ? words : [...words, "--allowed", allowed],
      script,
      timeoutMs,
    );
  }
  const result = await probe({ target, expected, timeoutMs, allowedCidrs });
  const text = `${targetText(target)}/${expected.transport} ${said(result)}\n`;
  (result.outcome.reachable ? process.stdout : process.stderr).write(text);
  return result.outcome.reachable ? 0 : notReachable;
}

function said({ outcome, attempts, tookMs }: ProbeResult): string {
  const seconds = `${(tookMs / 1000).toFixed(1)} s`;
  if (outcome.reachable) return `is reachable: ${outcome.said}, after ${seconds}.`;
  const { means, next } = hopHelp[outcome.hop];
  const tries = attempts === 1 ? `1 attempt, ${seconds}` : `${attempts} attempts in ${seconds}`;
  return `is not reachable: ${means} (${outcome.said}; ${tries}). ${next}`;
}

function refuse(message: string): number {
  process.stderr.write(
    `fairlead: ${message} Usage: fairlead probe ADDRESS [--expect http:200|tcp|tls|ssh|udp-echo] [--timeout 30s]\n`,
  );
  return wrong;
}

const unit = { ms: 1, s: 1000, m: 60_000 } as const;

function milliseconds(text: string): number | undefined {
  const [, count, name] = /^([1-9]\d{0,5})(ms|s|m)$/.exec(text) ?? [];
  return count === undefined ? undefined : Number(count) * unit[name as keyof typeof unit];
}
