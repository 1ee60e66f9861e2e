import { forwardsOf, type ReportedForward, type StackReport } from "../report";
import { shownText } from "../shown";
import { changeSigns, closedText, externalText, internalText, sourcesText } from "./phrases";

/** A line of the NAT table. */
export interface NatRow {
  readonly forward: ReportedForward;
  /** By head. */
  readonly cells: readonly string[];
}

/** The columns of the NAT table; the first holds the sign of a change. */
export const natHeads = [
  "",
  "PROJECT",
  "INSTANCE",
  "EXTERNAL",
  "INTERNAL",
  "SERVICE",
  "WHO MAY CONNECT",
  "EXPIRES",
  "DESCRIPTION",
] as const;

/** A head as it stands in a sentence: "Who may connect". */
export const sentenceCase = (head: string): string => head.slice(0, 1) + head.slice(1).toLowerCase();

/** Those of addresses and ports. */
export const codeHeads: ReadonlySet<string> = new Set(["EXTERNAL", "INTERNAL"]);

/** The NAT table of a stack, by project, instance and port; what goes is in it, too. */
export function natRows(stack: StackReport): NatRow[] {
  return forwardsOf(stack).map(({ project, instance, forward }) => ({
    forward,
    cells: [
      changeSigns[forward.change].sign,
      project.name,
      instance.name,
      forward.copies === undefined
        ? externalText(forward)
        : `${externalText(forward)} (each of ${forward.copies})`,
      internalText(forward),
      forward.services.join(", "),
      whoMay(forward),
      forward.expiresAt === null ? "" : shownText(forward.expiresAt),
      forward.description === "" ? "" : shownText(forward.description),
    ],
  }));
}

/** A closed forward lets in nobody, whatever sources it names. */
function whoMay(forward: ReportedForward): string {
  const closed = closedText(forward);
  return closed === undefined ? sourcesText(forward) : `nobody: ${closed}`;
}

/** Without the columns in which nothing stands. */
export function filledColumns(rows: readonly NatRow[]): number[] {
  return natHeads.map((_, at) => at).filter((at) => rows.some(({ cells }) => cells[at] !== ""));
}
