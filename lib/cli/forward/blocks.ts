import { connect, resolveSettings } from "../../connect";
import { listAll, spanText } from "../../contract";
import { formatTable } from "../../table";
import { administered } from "../administered";

/** Prints what administrators have closed. */
export async function blocks(options: { readonly json?: boolean }): Promise<void> {
  const found = await administered(connect(resolveSettings()), "blocks", ({ blocks }) => listAll(blocks));
  if (options.json) process.stdout.write(`${JSON.stringify(found, null, 2)}\n`);
  else if (found.length === 0) process.stdout.write("Nothing is blocked.\n");
  else {
    const rows = found.map((block) => [
      block.forwardId,
      block.instanceId ?? "(none)",
      `${spanText({ first: block.internalPort, count: block.portCount })}/${block.protocol}`,
      block.at,
      block.callerName,
      block.reason,
    ]);
    const space = { width: process.stdout.columns, elastic: "REASON" };
    process.stdout.write(formatTable(["FORWARD", "INSTANCE", "PORT", "SINCE", "BY", "REASON"], rows, space));
  }
}
