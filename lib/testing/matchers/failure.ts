import type { IConstruct } from "constructs";
import type { DeclaredExposure } from "../../constructs/policy/exposure";
import { argumentOf } from "../../constructs/policy/exposure-reader";
import { Unknown } from "../../constructs/policy/unknown";
import { hostText, spanText } from "../../contract";
import { formatTable } from "../../table";

/** Why an assertion fails: what there is instead, and what to do. */
export interface Failure {
  /** The assertion as it was written: `toExpose(dev/Web, { port: 22 })`. */
  readonly assertion: string;
  readonly problem: string;
  readonly fix: string;
}

/** Rows of a table that is still read. */
const MOST_SHOWN = 10;

/** A failure for people: expected, found, next step. */
export function failureText(
  scope: IConstruct,
  isNot: boolean,
  { assertion, problem, fix }: Failure,
  forwards: readonly DeclaredExposure[],
): string {
  const name = pathOf(scope);
  return [
    `expect(${name})${isNot ? ".not" : ""}.${assertion}`,
    problem,
    forwards.length === 0 ? `There is no forward in ${name}.` : `Forwards in ${name}:\n${tableOf(forwards)}`,
    `Fix: ${fix}`,
  ].join("\n\n");
}

/** Why something cannot be said, whichever way it is asked. */
export function uncheckable(
  unknown: readonly (readonly [exposure: DeclaredExposure, unknown: Unknown])[],
): Pick<Failure, "problem" | "fix"> {
  const [[first, { prop }], ...others] = unknown as [readonly [DeclaredExposure, Unknown]];
  const more = others.length > 0 ? `, and of ${others.length} more likewise` : "";
  return {
    problem: `This cannot be checked: only Terraform knows \`${prop}\` of ${pathOf(first.construct)}${more}.`,
    fix: `Give \`${prop}\` a value that is known at synthesis, or deploy the stack in the test: \`startPlatform()\`.`,
  };
}

/** The path of a construct; an app has none. */
export const pathOf = (construct: IConstruct): string => construct.node.path || "app";

function tableOf(forwards: readonly DeclaredExposure[]): string {
  const rows = forwards
    .slice(0, MOST_SHOWN)
    .map((exposure) => [
      pathOf(exposure.construct),
      instanceText(exposure),
      portText(exposure),
      externalText(exposure),
      sourcesText(exposure),
    ]);
  const table = formatTable(["FORWARD", "INSTANCE", "PORT", "EXTERNAL", "FROM"], rows);
  const rest = forwards.length - rows.length;
  return `${table.trimEnd().replace(/^/gm, "  ")}${rest > 0 ? `\n  and ${rest} more` : ""}`;
}

const later = "(known at apply)";

function instanceText({ construct, instance: { key } }: DeclaredExposure): string {
  const made = (construct as { readonly instance?: IConstruct }).instance;
  return made ? pathOf(made) : String(key);
}

function portText({ ports, protocol }: DeclaredExposure): string {
  const text = ports instanceof Unknown ? later : spanText(ports);
  return `${text}/${protocol instanceof Unknown ? later : protocol}`;
}

function externalText(exposure: DeclaredExposure): string {
  const [ip, port] = [
    argumentOf<string>(exposure, "external_ip", "externalIp"),
    argumentOf<number>(exposure, "external_port", "externalPort"),
  ];
  const portOrNone = port instanceof Unknown ? later : (port ?? "(assigned)");
  return typeof ip === "string" ? `${hostText(ip)}:${portOrNone}` : String(portOrNone);
}

/** Who may connect, in a table or a sentence. */
export function sourcesText({ sources: { known, hasMore }, isEnabled }: DeclaredExposure): string {
  if (isEnabled === false) return "nobody (enabled: false)";
  if (known.length === 0 && !hasMore) return "everyone";
  const all = [...known, ...(hasMore ? [later] : [])];
  return all.length > 4 ? `${all.slice(0, 3).join(", ")} and ${all.length - 3} more` : all.join(", ");
}
