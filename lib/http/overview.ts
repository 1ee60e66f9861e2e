import { type CallOptions, Overview, overview, type Platform } from "../contract";
import { check, read } from "./answer";
import { fromProblem } from "./problem";
import { overviewPath } from "./routes";
import type { Request, Transport } from "./transport";

/** Asks a platform what there is on it; one that has no such answer is asked for its lists. */
export async function platformOverview(
  transport: Transport,
  lists: Platform,
  { signal }: CallOptions = {},
): Promise<Overview> {
  const request: Request = { method: "GET", path: overviewPath, signal, repeatable: true };
  const answer = await transport.send(request);
  if (fromProblem(answer.body)?.code === "unknown_route") return overview(lists, signal ? { signal } : {});
  return read(Overview, check(answer, request).body, "platform's overview") as Overview;
}
