import { isExpression } from "../../constructs/known-value";
import { cidrOf } from "../../constructs/peer";
import type { DeclaredExposure } from "../../constructs/policy/exposure";
import { argumentOf } from "../../constructs/policy/exposure-reader";
import { leadsTo } from "../../constructs/policy/leads-to";
import { Unknown } from "../../constructs/policy/unknown";
import { spanText } from "../../contract";
import { askedInstance, askedPorts, portsText } from "./question";
import type { ForwardExpectation } from "./to-have-forward";

/** What is not as expected, or not known before Terraform runs. */
export interface Difference {
  readonly prop: string;
  readonly actual: unknown;
  readonly expected: unknown;
}

type Equals = (one: unknown, other: unknown) => boolean;

/** Everything in which a forward differs from an expectation. */
export function compare(
  exposure: DeclaredExposure,
  expectation: ForwardExpectation,
  equals: Equals,
): Difference[] {
  return Object.entries(expectation).flatMap(([prop, expected]) => {
    if (expected === undefined) return [];
    const comparison = comparisons[prop as keyof ForwardExpectation];
    if (!comparison) throw new TypeError(unknownProp(prop));
    const { actual, isEqual } = comparison(exposure, expected, equals);
    return isEqual && !(actual instanceof Unknown) ? [] : [{ prop, actual, expected }];
  });
}

const unknownProp = (prop: string): string =>
  `A forward has no \`${prop}\` to expect; there are ${Object.keys(comparisons).join(", ")}.`;

interface Compared {
  readonly actual: unknown;
  readonly isEqual: boolean;
}
// biome-ignore lint/suspicious/noExplicitAny: each takes what the expectation has under its name.
type Comparison = (exposure: DeclaredExposure, expected: any, equals: Equals) => Compared;

const comparisons: Readonly<Record<keyof ForwardExpectation, Comparison>> = {
  instance: (exposure, expected) => {
    const leads = leadsTo(exposure, askedInstance(expected));
    return { actual: leads instanceof Unknown ? leads : exposure.instance.key, isEqual: leads === true };
  },
  port: ({ ports, protocol }, expected) => {
    const asked = askedPorts(expected);
    if (ports instanceof Unknown || protocol instanceof Unknown) {
      return { actual: ports instanceof Unknown ? ports : protocol, isEqual: false };
    }
    const actual = `${spanText(ports)}/${protocol}`;
    return {
      actual,
      isEqual: portsText({ span: ports, protocol: asked.protocol && protocol }) === portsText(asked),
    };
  },
  allowedCidrs: ({ sources: { known, hasMore } }, expected, equals) => {
    if (hasMore) return { actual: new Unknown("allowedCidrs"), isEqual: false };
    const wanted = Array.isArray(expected) ? expected.map(cidrOf).sort() : expected;
    return { actual: known, isEqual: equals([...known].sort(), wanted) };
  },
  labels: (exposure, expected: Readonly<Record<string, unknown>>, equals) => {
    const labels = argumentOf<Readonly<Record<string, string>>>(exposure, "labels", "labels") ?? {};
    if (labels instanceof Unknown) return { actual: labels, isEqual: false };
    const names = Object.keys(expected);
    const isOpen = names.some((name) => isExpression(labels[name]));
    const isEqual = names.every((name) => equals(labels[name], expected[name]));
    return { actual: isOpen ? new Unknown("labels") : labels, isEqual };
  },
  expiresAt: (exposure, expected, equals) => {
    const actual = exposure.expiresAt;
    return { actual, isEqual: equals(instant(actual), instant(expected)) };
  },
  externalPort: plain("external_port", "externalPort"),
  externalIp: plain("external_ip", "externalIp"),
  description: plain("description", "description"),
  proxyProtocol: plain("proxy_protocol", "proxyProtocol", false),
  enabled: plain("enabled", "enabled", true),
  deletionProtection: plain("deletion_protection", "deletionProtection", false),
};

function plain(argument: string, prop: string, withoutIt?: unknown): Comparison {
  return (exposure, expected, equals) => {
    const actual = argumentOf(exposure, argument, prop) ?? withoutIt;
    return { actual, isEqual: equals(actual, expected) };
  };
}

/** The same moment, however it is written. */
function instant(time: unknown): unknown {
  const milliseconds =
    time instanceof Date || typeof time === "string" ? new Date(time).getTime() : Number.NaN;
  return Number.isNaN(milliseconds) ? time : milliseconds;
}
