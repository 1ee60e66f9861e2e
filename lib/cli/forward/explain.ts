import { connect, resolveSettings } from "../../connect";
import { type Explanation, forwardKey, type Hop } from "../../contract";
import { formatTable, printable } from "../../table";
import { administered } from "../administered";
import { namedForward } from "./named-forward";

/** The flags of `fairlead forward explain`. */
export interface ExplainOptions {
  readonly json?: boolean;
}

const marks = new Map<Hop["ok"], string>([
  [true, "ok"],
  [false, "STOP"],
  [null, ""],
]);

/** Prints what becomes of a connection to a forward, hop by hop. */
export async function explain(named: string, options: ExplainOptions): Promise<void> {
  const platform = connect(resolveSettings());
  const { id } = await namedForward(platform, named);
  const explanation = await administered(platform, "explanations", (part) => part.explain(id));
  process.stdout.write(options.json ? `${JSON.stringify(explanation, null, 2)}\n` : text(explanation));
}

function text({ forward, hops }: Explanation): string {
  const rows = hops.map(({ name, ok, text }) => [name.toUpperCase(), marks.get(ok)!, text]);
  const stop = hops.find(({ ok }) => ok === false);
  const verdict = stop
    ? `A connection ends at: ${stop.name}.`
    : "Nothing here stops a connection from an allowed source.";
  const about = forward.description === "" ? "" : `, ${printable(forward.description)}`;
  return `${forwardKey(forward)} (${forward.id}${about})\n\n${formatTable(["HOP", "", "WHAT"], rows)}\n${verdict}\n`;
}
