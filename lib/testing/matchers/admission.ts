import type { IInstance } from "../../constructs";
import type { DeclaredExposure } from "../../constructs/policy/exposure";
import { leadsTo } from "../../constructs/policy/leads-to";
import { Unknown } from "../../constructs/policy/unknown";
import { admittedOf, overlap } from "../../contract";
import type { AskedPorts } from "./question";

/** What a test asks of each forward: what is left out may be any. */
export interface Question {
  readonly instance?: IInstance | undefined;
  readonly ports?: AskedPorts | undefined;
  /** Networks; without any, it is enough that somebody may connect. */
  readonly sources: readonly string[];
}

/** How much of the sources a forward lets in to what is asked for; unknown where only Terraform can tell. */
export type Admission = "all" | "some" | "none" | Unknown;

/** Forwards by what they do about a question; those that have nothing to do with it are in none of the lists. */
export interface Judged {
  readonly all: readonly DeclaredExposure[];
  readonly some: readonly DeclaredExposure[];
  readonly unknown: readonly (readonly [DeclaredExposure, Unknown])[];
}

/** Looks at each forward with a question. */
export function judge(forwards: readonly DeclaredExposure[], question: Question): Judged {
  const judged = forwards.map((exposure) => [exposure, admissionBy(exposure, question)] as const);
  const which = (admission: Admission) => judged.flatMap(([one, its]) => (its === admission ? [one] : []));
  return {
    all: which("all"),
    some: which("some"),
    unknown: judged.filter((one): one is readonly [DeclaredExposure, Unknown] => one[1] instanceof Unknown),
  };
}

/** What a forward does about a question; whatever is certain to be otherwise settles it. */
export function admissionBy(exposure: DeclaredExposure, { instance, ports, sources }: Question): Admission {
  const conditions = [
    instance ? leadsTo(exposure, instance) : true,
    ports ? hasOneOf(exposure, ports) : true,
    exposure.isEnabled,
    exposure.isMade,
  ];
  if (conditions.includes(false)) return "none";
  const admitted = together(sources.map((source) => admittedBy(exposure, source)));
  if (admitted === "none") return "none";
  return conditions.find((condition) => condition instanceof Unknown) ?? admitted;
}

/** Whether a forward leads to one of the ports. */
export function hasOneOf(exposure: DeclaredExposure, { protocol, span }: AskedPorts): boolean | Unknown {
  const isOfProtocol =
    protocol === undefined || exposure.protocol instanceof Unknown || exposure.protocol === protocol;
  if (!isOfProtocol) return false;
  if (exposure.ports instanceof Unknown) return exposure.ports;
  if (!overlap(exposure.ports, span)) return false;
  return protocol !== undefined && exposure.protocol instanceof Unknown ? exposure.protocol : true;
}

function admittedBy({ sources: { known, hasMore } }: DeclaredExposure, source: string): Admission {
  if (!hasMore) return admittedOf(source, known);
  const admitted = known.length === 0 ? "none" : admittedOf(source, known);
  return admitted === "all" ? "all" : new Unknown("allowedCidrs");
}

function together(all: readonly Admission[]): Admission {
  if (all.every((one) => one === "all")) return "all";
  if (all.every((one) => one === "none")) return "none";
  return all.find((one) => one instanceof Unknown) ?? "some";
}
