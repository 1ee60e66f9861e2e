import { hostText, spanText } from "../../contract";
import { type Exposure, exposureNames, exposures, opensMore } from "../exposure";
import {
  type Change,
  type FieldChange,
  forwardsOf,
  managedOf,
  type ReportedForward,
  remains,
  type StackReport,
} from "../report";
import { isKnown, shownText } from "../shown";

/** Stands for an address or a port that the platform will choose. */
const assigned = "(at apply)";

/** What clients connect to: `203.0.113.5:20170/tcp`; what the platform will assign is said to be so. */
export function externalText(forward: ReportedForward): string {
  const { externalIp, externalPort, portCount } = forward;
  const protocol = isKnown(forward.protocol) ? forward.protocol : "?";
  const count = isKnown(portCount) ? portCount : 1;
  const ports = isKnown(externalPort)
    ? spanText({ first: externalPort, count })
    : count > 1
      ? `(${count} ports at apply)`
      : assigned;
  if (isKnown(externalIp)) return `${hostText(externalIp)}:${ports}/${protocol}`;
  return isKnown(externalPort) ? `${assigned}:${ports}/${protocol}` : `${ports}/${protocol}`;
}

/** Where it leads to: `10.10.17.3:22`. */
export function internalText(forward: ReportedForward): string {
  const { internalIp } = forward;
  return `${isKnown(internalIp) ? hostText(internalIp) : assigned}:${internalPorts(forward)}`;
}

/** `22`, `6000-6010`. */
export function internalPorts({ internalPort, portCount }: ReportedForward): string {
  if (!isKnown(internalPort) || !isKnown(portCount)) return assigned;
  return spanText({ first: internalPort, count: portCount });
}

/** Who may connect, at most so many sources by name. */
export function sourcesText({ allowedCidrs, exposure }: ReportedForward, most = 3): string {
  if (!isKnown(allowedCidrs)) return shownText(allowedCidrs);
  if (exposure === "sensitive" || exposure === "everyone" || allowedCidrs.length === 0) return "everyone";
  const named = allowedCidrs.slice(0, most).map(shownText).join(", ");
  return allowedCidrs.length > most ? `${named} and ${allowedCidrs.length - most} more` : named;
}

/** Why nothing gets through; undefined where something does. */
export function closedText({ exposure, enabled }: ReportedForward): string | undefined {
  if (exposure !== "closed") return undefined;
  return enabled === false ? "switched off" : "expired or without an instance";
}

/** One character and one word for each change; `none` has none. */
export const changeSigns: Readonly<Record<Change, { readonly sign: string; readonly word: string }>> = {
  none: { sign: "", word: "" },
  add: { sign: "+", word: "added" },
  change: { sign: "~", word: "changed" },
  replace: { sign: "±", word: "replaced" },
  remove: { sign: "-", word: "removed" },
  import: { sign: "»", word: "imported" },
  forget: { sign: "×", word: "no longer managed" },
};

/** A number with its noun: `1 forward`, `3 forwards`. */
export const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? "" : "s"}`;

/** How many forwards there are of each exposure, when all is applied; only those that there are. */
export function exposureCounts(stacks: readonly StackReport[]): { exposure: Exposure; count: number }[] {
  const forwards = stacks.flatMap(forwardsOf).filter(({ forward }) => remains(forward));
  return exposures
    .map((exposure) => ({
      exposure,
      count: forwards.filter(({ forward }) => forward.exposure === exposure).length,
    }))
    .filter(({ count }) => count > 0);
}

/** What there is: `3 forwards to 2 instances: 1 open to everyone, 2 named sources only`. */
export function headline(stack: StackReport): string {
  const forwards = forwardsOf(stack).filter(({ forward }) => remains(forward));
  if (forwards.length === 0) return "No forward: nothing can be reached from outside.";
  const instances = new Set(forwards.map(({ instance }) => instance)).size;
  const parts = exposureCounts([stack]).map(({ exposure, count }) => `${count} ${exposureNames[exposure]}`);
  return `${counted(forwards.length, "forward")} to ${counted(instances, "instance")}: ${parts.join("; ")}.`;
}

/** Something that changes, for a list. */
export interface ChangeLine {
  readonly change: Change;
  readonly noun: string;
  /** How people know it. */
  readonly name: string;
  /** What about it. */
  readonly about: string;
}

/** All that changes: projects and instances, then forwards. */
export function changeLines(stack: StackReport): ChangeLine[] {
  const managed = managedOf(stack).map(({ noun, name, it }) => ({
    change: it.change,
    noun,
    name,
    about: fieldsText(it.fields),
  }));
  const forwards = forwardsOf(stack).map(({ forward, instance }) => ({
    change: forward.change,
    noun: "forward",
    name: `${externalText(forward)} -> ${instance.name}:${internalPorts(forward)}`,
    about:
      forward.change === "change" || forward.change === "replace"
        ? fieldsText(forward.fields)
        : (closedText(forward) ?? `for ${sourcesText(forward)}`),
  }));
  return [...managed, ...forwards].filter(({ change }) => change !== "none");
}

function fieldsText(fields: readonly FieldChange[]): string {
  return fields
    .map(({ field, before, after }) => `${field}: ${fieldText(field, before)} -> ${fieldText(field, after)}`)
    .join("; ");
}

const fieldText = (field: string, value: unknown): string =>
  field === "allowed_cidrs" && Array.isArray(value) && value.length === 0 ? "everyone" : shownText(value);

/** `2 forwards added, 1 instance changed`; what is not planned has no such text. */
export function changeSummary(stack: StackReport): string | undefined {
  if (stack.source !== "plan") return undefined;
  const counts = new Map<string, { noun: string; word: string; count: number }>();
  for (const { change, noun } of changeLines(stack)) {
    const { word } = changeSigns[change];
    const entry = counts.get(`${noun} ${word}`) ?? { noun, word, count: 0 };
    entry.count++;
    counts.set(`${noun} ${word}`, entry);
  }
  const order = (noun: string): number => ["forward", "instance", "project"].indexOf(noun);
  const parts = [...counts.values()]
    .sort((one, other) => order(one.noun) - order(other.noun))
    .map(({ noun, word, count }) => `${counted(count, noun)} ${word}`);
  const others = stack.otherChanges === 0 ? [] : [`${stack.otherChanges} of other providers changed`];
  const all = [...parts, ...others];
  return all.length === 0 ? "Nothing changes." : `${all.join(", ")}.`;
}

/** What a reviewer must not miss: what opens to everyone, what the policy found, what is to be said about the source. */
export function warnings(stack: StackReport): string[] {
  const forwards = forwardsOf(stack);
  const opened =
    stack.source === "plan"
      ? forwards.filter(
          ({ forward }) =>
            remains(forward) &&
            forward.change !== "none" &&
            opensMore(forward.exposureBefore, forward.exposure),
        )
      : [];
  return [
    ...stack.remarks,
    ...opened.map(({ forward, instance }) => {
      const services = forward.services.length === 0 ? "" : ` (${forward.services.join(", ")})`;
      const at = isKnown(forward.externalPort) ? `, at ${externalText(forward)}` : "";
      return `Newly open to everyone: ${instance.name}:${internalPorts(forward)}${services}${at}.`;
    }),
  ];
}
