import type { IConstruct } from "constructs";
import type { Peer } from "../../constructs";
import { forwardsIn } from "../scope";
import { judge } from "./admission";
import { type Failure, failureText, pathOf, uncheckable } from "./failure";
import type { MatcherContext, MatcherResult } from "./matcher";
import { askedSources } from "./question";

/** Whether no forward in a scope lets in a network, nor a part of it; "0.0.0.0/0" stands for everyone. */
export function toExposeNothingTo(
  this: MatcherContext,
  received: unknown,
  source: string | Peer | readonly (string | Peer)[],
): MatcherResult {
  const isNot = this.isNot === true;
  const forwards = forwardsIn(received);
  const sources = askedSources(source);
  const { all, some, unknown } = judge(forwards, { sources });
  const open = [...all, ...some];
  const whom = sources.join(", ");
  const [first, ...others] = open;
  const finding = isNot
    ? first
      ? undefined
      : unknown.length > 0
        ? uncheckable(unknown)
        : { problem: `Nothing is exposed to ${whom}.`, fix: "Forward a port to it, or take `.not` out." }
    : first
      ? {
          problem: `${pathOf(first.construct)}${others.length > 0 ? ` and ${others.length} more let` : " lets"} in ${whom}.`,
          fix: 'Give `allowedCidrs` the sources that need it: ["198.51.100.0/24"].',
        }
      : unknown.length > 0
        ? uncheckable(unknown)
        : undefined;
  if (!finding) return { pass: !isNot, message: () => "" };
  const failure: Failure = { assertion: `toExposeNothingTo(${JSON.stringify(whom)})`, ...finding };
  const shown = first && !isNot ? open : forwards;
  return { pass: isNot, message: () => failureText(received as IConstruct, isNot, failure, shown) };
}
