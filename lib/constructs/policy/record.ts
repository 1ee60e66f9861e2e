import type { IConstruct } from "constructs";
import type { ExposureReview } from "./review";

/**
 * What the exposure policy said about one construct, in the synthesized stack: `//.exposure` of its resource, beside
 * `//.constructPath`. It is there once the stack was validated, and only where there is something to say. Reports are
 * made of it; `Testing.synth` leaves all of `//` out.
 */
export interface ExposureRecord {
  /** What is not as it should be. */
  readonly findings?: { readonly rule: string; readonly level: string; readonly problem: string }[];
  /** What is accepted, and why. */
  readonly suppressed?: { readonly rule: string; readonly problem: string; readonly reason: string }[];
  /** Rules that could not look, and the prop that only Terraform knows. */
  readonly unchecked?: { readonly rule: string; readonly prop: string }[];
}

/** A property of the construct itself, so that other copies of the package find it, too. */
const symbol = Symbol.for("fairlead/exposure");

/** What was said about a construct at the last validation of its stack. */
export function exposureRecord(construct: IConstruct | undefined): ExposureRecord | undefined {
  return (construct as { readonly [symbol]?: ExposureRecord } | undefined)?.[symbol];
}

/** Keeps at each construct what was said about it. */
export function recordReview({ findings, suppressed, unchecked }: ExposureReview): IConstruct[] {
  const records = new Map<IConstruct, Required<ExposureRecord>>();
  const recordOf = (construct: IConstruct) => {
    const known = records.get(construct);
    if (known) return known;
    const record = { findings: [], suppressed: [], unchecked: [] };
    records.set(construct, record);
    return record;
  };
  for (const { construct, rule, level, problem } of findings) {
    recordOf(construct).findings.push({ rule, level, problem });
  }
  for (const { construct, rule, problem, reason } of suppressed) {
    recordOf(construct).suppressed.push({ rule, problem, reason });
  }
  for (const { construct, rule, prop } of unchecked) recordOf(construct).unchecked.push({ rule, prop });
  for (const [construct, record] of records) {
    const entries = Object.entries(record).filter(([, all]) => all.length > 0);
    keep(construct, Object.fromEntries(entries));
  }
  return [...records.keys()];
}

/** Forgets what an earlier validation said. */
export function forgetRecords(constructs: readonly IConstruct[]): void {
  for (const construct of constructs) keep(construct, undefined);
}

function keep(construct: IConstruct, value: ExposureRecord | undefined): void {
  Object.defineProperty(construct, symbol, { value, configurable: true });
}
