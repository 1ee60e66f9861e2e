import { connect, resolveSettings } from "../../connect";
import { forwardKey, type PortForward } from "../../contract";
import { printable } from "../../table";
import { administered } from "../administered";
import { namedForward } from "./named-forward";

const say = (forward: PortForward, what: string): void =>
  void process.stdout.write(`${forwardKey(forward)} (${forward.id}) ${printable(what)}\n`);

/** What the code that owns a forward does about a change that it did not make. */
function ownerText({ ownershipId }: PortForward): string {
  return ownershipId === null ? "" : ` The next apply of ${ownershipId} will undo this.`;
}

/** Closes a forward, which keeps its port, or opens it again. */
export async function setEnabled(named: string, enabled: boolean): Promise<void> {
  const platform = connect(resolveSettings());
  const forward = await namedForward(platform, named);
  const changed = await platform.portForwards.update(forward.id, { enabled }, { revision: forward.revision });
  const reason = changed.statusReason === null ? "" : ` ${changed.statusReason}`;
  say(changed, `is ${changed.status} now.${reason}${ownerText(changed)}`);
}

/** Deletes a forward; its external port goes back to the platform. */
export async function deleteForward(named: string): Promise<void> {
  const platform = connect(resolveSettings());
  const forward = await namedForward(platform, named);
  await platform.portForwards.delete(forward.id, { revision: forward.revision });
  say(forward, `is deleted.${ownerText(forward)}`);
}

/** Closes a forward so that its owner cannot open it again. */
export async function blockForward(named: string, reason: string): Promise<void> {
  const platform = connect(resolveSettings());
  const { id } = await namedForward(platform, named);
  const blocked = await administered(platform, "blocks", ({ blocks }) => blocks.create(id, { reason }));
  say(blocked, "is blocked. Only `fairlead forward unblock` opens it again; its owner reads the reason.");
}

/** Lifts the block of a forward, by its id where it is gone by now. */
export async function unblockForward(named: string): Promise<void> {
  const platform = connect(resolveSettings());
  const id = named.includes(":") ? (await namedForward(platform, named)).id : named;
  await administered(platform, "blocks", ({ blocks }) => blocks.delete(id));
  process.stdout.write(`Nothing blocks ${named} any more.\n`);
}
