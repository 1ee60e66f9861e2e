import type { IConstruct } from "constructs";
import type { IInstance, Peer, Port } from "../../constructs";
import type { DeclaredExposure } from "../../constructs/policy/exposure";
import { Unknown } from "../../constructs/policy/unknown";
import { forwardsIn } from "../scope";
import { compare, type Difference } from "./compare";
import { type Failure, failureText, pathOf, uncheckable } from "./failure";
import type { MatcherContext, MatcherResult } from "./matcher";
import { shown, text } from "./shown";

/**
 * What a forward has to be; what is left out may be anything. Values may be asymmetric matchers of the test runner:
 * `description: expect.stringContaining("ssh")`.
 */
export interface ForwardExpectation {
  /** Instance that receives the traffic. */
  readonly instance?: IInstance;
  /** Port of the instance, or exactly the range; a number stands for tcp and udp. */
  readonly port?: Port | number;
  /** Port on the public address that the code chooses. */
  readonly externalPort?: number;
  /** Public address that the code chooses. */
  readonly externalIp?: string;
  /** Exactly these sources, in any order; `[]` is everyone. */
  readonly allowedCidrs?: readonly (string | Peer)[];
  /** Text for people. */
  readonly description?: string;
  /** At least these labels. */
  readonly labels?: Readonly<Record<string, string>>;
  /** When it closes, in whatever time zone it is written. */
  readonly expiresAt?: string | Date;
  /** Whether instances are told the client's address by the PROXY protocol. */
  readonly proxyProtocol?: boolean;
  /** Whether it carries anything. */
  readonly enabled?: boolean;
  /** Whether it is kept from deletion. */
  readonly deletionProtection?: boolean;
}

/** Whether there is a forward in a scope that is as expected. */
export function toHaveForward(
  this: MatcherContext,
  received: unknown,
  expectation: ForwardExpectation,
): MatcherResult {
  const isNot = this.isNot === true;
  const forwards = forwardsIn(received);
  const compared = forwards.map((exposure) => ({
    exposure,
    differences: compare(exposure, expectation, (one, other) => this.equals(one, other)),
  }));
  const found = compared.find(({ differences }) => differences.length === 0);
  const unknown = compared.flatMap(({ exposure, differences }) => {
    const [first] = differences;
    const isOpen = first && differences.every(({ actual }) => actual instanceof Unknown);
    return isOpen ? [[exposure, first.actual as Unknown] as const] : [];
  });
  const finding = found
    ? isNot && {
        problem: `${pathOf(found.exposure.construct)} is such a forward.`,
        fix: "Take it out, or say in the expectation what makes the unwanted one different.",
      }
    : unknown.length > 0
      ? uncheckable(unknown)
      : !isNot && whatIsMissing(compared);
  if (!finding) return { pass: !isNot, message: () => "" };
  const failure: Failure = { assertion: `toHaveForward(${shown(expectation)})`, ...finding };
  return { pass: isNot, message: () => failureText(received as IConstruct, isNot, failure, forwards) };
}

interface Compared {
  readonly exposure: DeclaredExposure;
  readonly differences: readonly Difference[];
}

/** The forward that comes closest tells most. */
function whatIsMissing(compared: readonly Compared[]): Omit<Failure, "assertion"> {
  const [closest] = [...compared].sort((one, other) => one.differences.length - other.differences.length);
  if (!closest) {
    return { problem: "There is no such forward.", fix: "Forward a port: instance.forward(Port.tcp(8080))." };
  }
  const path = pathOf(closest.exposure.construct);
  const differences = closest.differences.map(
    ({ prop, actual, expected }) =>
      `  ${prop}: ${actual instanceof Unknown ? "known at apply" : text(actual)}, expected ${text(expected)}`,
  );
  return {
    problem: `There is no such forward. The closest is ${path}, which differs in\n${differences.join("\n")}`,
    fix: `Change ${path}, add the forward that is meant, or correct the expectation.`,
  };
}
