import * as z from "zod";
import { Capabilities } from "./capability";
import { Port } from "./fields";

/**
 * Which edition of the contract this is. It goes up when a field or rule is added that a client relies on, so that
 * a client can tell a platform that is too old for it.
 */
export const contractEdition = 4;

/** What a platform says of itself. */
export const PlatformInfo = z.object({
  version: z.string().describe("Version of the platform's software."),
  contractEdition: z.int().min(1).describe("Edition of the contract that the platform keeps."),
  capabilities: Capabilities.describe("What the platform can enforce."),
  externalPorts: z
    .object({ from: Port, to: Port })
    .describe("External ports that forwards can have, both ends included."),
  sharedExternalIps: z
    .boolean()
    .describe(
      "Whether all projects forward from the same addresses, so that one's ports are taken for the others.",
    ),
});
export type PlatformInfo = z.output<typeof PlatformInfo>;
