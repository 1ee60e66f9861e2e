import * as z from "zod";
import { PlatformError } from "./errors";
import { Id, Protocol, Timestamp } from "./fields";
import { portsText } from "./port-conflict";
import { PortForward } from "./port-forward";

const reason = "a reason is text of 1 to 1,000 characters that the forward's owner will read";

/** What it takes to close a forward as the platform's administrator. */
export const BlockCreate = z.strictObject({
  reason: z.string({ error: reason }).trim().min(1, { error: reason }).max(1000, { error: reason }),
});
export type BlockCreate = z.output<typeof BlockCreate>;

/**
 * What an administrator has closed: a forward, and for everybody else the ports of the instance that it led to, so
 * that another forward does not open them again.
 */
export const Block = z.object({
  forwardId: Id.describe("The forward that was blocked; it may be gone by now."),
  projectId: Id.describe("Its project."),
  instanceId: Id.nullable().describe("The instance that it led to; null: it was detached."),
  protocol: Protocol.describe("Transport protocol."),
  internalPort: PortForward.shape.internalPort,
  portCount: PortForward.shape.portCount,
  reason: BlockCreate.shape.reason.describe("Why, for the forward's owner."),
  at: Timestamp.describe("Since when, in UTC."),
  callerName: z.string().describe("Name of the token that has blocked it."),
});
export type Block = z.output<typeof Block>;

/** What the owner of a blocked forward reads. */
export function blockText({ reason, at }: Block): string {
  return `Blocked by the platform's administrator since ${at}: ${reason}${/[.!?]$/.test(reason) ? "" : "."}`;
}

/** A forward that would lead to what an administrator has closed. */
export function targetBlocked(block: Block, instanceName: string): PlatformError {
  const ports = portsText(block.protocol, { first: block.internalPort, count: block.portCount });
  return new PlatformError(
    "blocked",
    `The administrator has blocked ${ports} of instance ${instanceName} since ${block.at}: ${block.reason}`,
    { field: "/internalPort", details: { forwardId: block.forwardId, reason: block.reason, at: block.at } },
  );
}
