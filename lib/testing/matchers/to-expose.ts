import type { IConstruct } from "constructs";
import type { IInstance, Peer, Port } from "../../constructs";
import type { DeclaredExposure } from "../../constructs/policy/exposure";
import { Unknown } from "../../constructs/policy/unknown";
import { forwardsIn } from "../scope";
import { admissionBy, judge, type Question } from "./admission";
import { type Failure, failureText, pathOf, sourcesText, uncheckable } from "./failure";
import type { MatcherContext, MatcherResult } from "./matcher";
import { type AskedPorts, askedInstance, askedPorts, askedSources, portsText } from "./question";
import { shown } from "./shown";

/** What an instance is exposed at, and to whom. */
export interface ExposureExpectation {
  /**
   * Port of the instance, whatever the external one is; a number stands for tcp and udp.
   * @default any port
   */
  readonly port?: Port | number;
  /**
   * Networks that may connect: all of all of them. With `.not`: no address of any of them; "0.0.0.0/0" stands for
   * everyone there, so that a forward for some few is not meant.
   * @default anybody at all
   */
  readonly from?: string | Peer | readonly (string | Peer)[];
}

/** Whether forwards in a scope lead from the sources to the port of the instance. */
export function toExpose(
  this: MatcherContext,
  received: unknown,
  instance: IInstance,
  expectation: ExposureExpectation = {},
): MatcherResult {
  const isNot = this.isNot === true;
  const forwards = forwardsIn(received);
  const question = {
    instance: askedInstance(instance),
    ports: expectation.port === undefined ? undefined : askedPorts(expectation.port),
    sources: expectation.from === undefined ? [] : askedSources(expectation.from),
  };
  const finding = isNot ? whyExposed(forwards, question) : whyNotExposed(forwards, question);
  if (!finding) return { pass: !isNot, message: () => "" };
  const assertion = `toExpose(${pathOf(instance)}${shown(expectation, ", ")})`;
  const failure = { assertion, ...finding };
  const ofInstance = forwards.filter(
    (exposure) => admissionBy(exposure, { instance, sources: [] }) !== "none",
  );
  const others = forwards.filter((exposure) => !ofInstance.includes(exposure));
  return {
    pass: isNot,
    message: () => failureText(received as IConstruct, isNot, failure, [...ofInstance, ...others]),
  };
}

type Finding = Omit<Failure, "assertion">;
type Asked = Question & { readonly instance: IInstance };

function whyNotExposed(forwards: readonly DeclaredExposure[], question: Asked): Finding | undefined {
  const { instance, ports, sources } = question;
  const { all: open, some, unknown } = judge(forwards, question);
  const missing = ports ? firstMissing(ports, open) : undefined;
  if (open.length > 0 && missing === undefined) return undefined;
  if (unknown.length > 0) return uncheckable(unknown);
  const target = targetText(question);
  const wanted = sources.join(", ");
  const [partly] = some;
  if (partly) {
    return {
      problem: `${pathOf(partly.construct)} leads to ${target}, but of ${wanted} it lets in only ${sourcesText(partly)}.`,
      fix: `Give its \`allowedCidrs\` all of ${wanted}, or expect what it is meant to let in.`,
    };
  }
  // Forwards that would do, were they switched on or open to the sources.
  const leading = forwards.filter(
    (exposure) => admissionBy({ ...exposure, isEnabled: true }, { ...question, sources: [] }) === "all",
  );
  const closed = leading.find((exposure) => !open.includes(exposure));
  if (closed) {
    const isOff = closed.isEnabled === false;
    return {
      problem: `${pathOf(closed.construct)} leads to ${target}, but lets in ${sourcesText(closed)}${isOff ? "" : `, nothing of ${wanted}`}.`,
      fix: isOff ? "Leave `enabled` out." : `Add ${wanted} to its \`allowedCidrs\`.`,
    };
  }
  const which = open.length > 0 ? `port ${missing} of ${pathOf(instance)}` : target;
  return { problem: `No forward leads to ${which}.`, fix: adviceFor(ports, sources) };
}

function whyExposed(forwards: readonly DeclaredExposure[], question: Asked): Finding | undefined {
  const { all, some, unknown } = judge(forwards, question);
  const [open] = [...all, ...some];
  if (!open) return unknown.length > 0 ? uncheckable(unknown) : undefined;
  return {
    problem: `${pathOf(open.construct)} leads to ${targetText(question)}, and lets in ${sourcesText(open)}.`,
    fix: "Take that forward out, or let only others in by its `allowedCidrs`.",
  };
}

const targetText = ({ ports, instance }: Asked): string =>
  `${ports ? `port ${portsText(ports)} of ` : ""}${pathOf(instance)}`;

/** Of the ports that are asked for, the first that no forward leads to. */
function firstMissing(
  { span: { first, count } }: AskedPorts,
  open: readonly DeclaredExposure[],
): number | undefined {
  const spans = open.flatMap(({ ports }) => (ports instanceof Unknown ? [] : [ports]));
  return Array.from({ length: count }, (_, index) => first + index).find(
    (port) => !spans.some((span) => span.first <= port && port < span.first + span.count),
  );
}

function adviceFor(ports: AskedPorts | undefined, sources: readonly string[]): string {
  if (!ports) return "Forward a port of it: instance.forward(Port.SSH, { allowedCidrs }).";
  const { protocol = "tcp", span } = ports;
  const port =
    span.count === 1
      ? `Port.${protocol}(${span.first})`
      : `Port.${protocol}Range(${span.first}, ${span.first + span.count - 1})`;
  const allowed = sources.length > 0 ? `, { allowedCidrs: ${JSON.stringify(sources)} }` : "";
  return `Forward it: instance.forward(${port}${allowed}). The port is the instance's, not the external one.`;
}
