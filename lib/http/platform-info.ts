import { type CallOptions, contractEdition, PlatformError, PlatformInfo } from "../contract";
import { check, read } from "./answer";
import { fromProblem } from "./problem";
import { platformPath } from "./routes";
import type { Request, Transport } from "./transport";

/**
 * Asks a platform what it is and can do.
 * @throws PlatformError `platform_outdated` when it keeps an older edition of the contract than this client needs
 */
export async function platformInfo(
  transport: Transport,
  endpoint: string,
  { signal }: CallOptions = {},
): Promise<PlatformInfo> {
  const request: Request = { method: "GET", path: platformPath, signal, repeatable: true };
  const answer = await transport.send(request);
  // The first edition had nothing at this path.
  if (fromProblem(answer.body)?.code === "unknown_route") throw outdated(endpoint, 1);
  const { version, contractEdition: edition } = Object(check(answer, request).body);
  // Before the rest is read: what an older edition says of itself has another form.
  if (Number.isInteger(edition) && edition < contractEdition) throw outdated(endpoint, edition, version);
  return read(PlatformInfo, answer.body, "platform's description of itself") as PlatformInfo;
}

function outdated(endpoint: string, edition: number, version?: unknown): PlatformError {
  const of = typeof version === "string" ? ` (version ${version})` : "";
  return new PlatformError(
    "platform_outdated",
    `The platform at ${endpoint}${of} keeps edition ${edition} of the contract, but this client needs edition ${contractEdition}.`,
    { details: { endpoint, contractEdition: edition, needed: contractEdition } },
  );
}
