import { type Instance, PlatformError } from "../contract";
import type { Cloud } from "./cloud";
import { findFlavor } from "./flavor";
import { decodeInstanceMark, encodeInstanceMark, isOurPiece } from "./instance-mark";
import { checkOf, type NovaServer, novaDescription, toInstance } from "./server";
import { failed, faultOf, guardWait, patient, waitForServer, whenNotBusy } from "./server-wait";

/** How long a cancelled resize is waited for: between its two steps nothing else can be done to the server. */
const patienceMs = 120_000;

/** Changes a server of ours: its size first, which Nova may refuse, then what it always does. */
export async function changeInstance(
  cloud: Cloud,
  server: NovaServer,
  before: Instance,
  changes: Partial<Instance> & { readonly revision: number },
  signal: AbortSignal | undefined,
): Promise<Instance> {
  const { id } = server;
  // What a run that was stopped has left between the two steps of a resize.
  if (server.status === "VERIFY_RESIZE") await confirm(cloud, id, signal);
  // Resizing takes a while, in which others may have changed the rest.
  const resized = changes.flavor === undefined ? server : await resize(cloud, server, changes.flavor, signal);
  const current = { ...toInstance(resized, new Map()), image: before.image };
  const known = decodeInstanceMark(server.metadata)!;
  const { description: _, ...kept } = decodeInstanceMark(resized.metadata) ?? known;
  const theirs = kept.revision - known.revision;
  const after = { ...current, ...changes, revision: changes.revision + theirs };
  if (changes.name !== undefined || changes.description !== undefined) {
    const body = { server: { name: after.name, description: novaDescription(after.description) } };
    await cloud.request("compute", "PUT", `/servers/${id}`, { body });
  }
  const { labels, deletionProtection, revision, description } = after;
  const mark = encodeInstanceMark({
    ...{ ...kept, labels, deletionProtection, revision, check: checkOf(after) },
    ...(description === novaDescription(description) ? {} : { description }),
  });
  const others = Object.entries(resized.metadata).filter(([name]) => !isOurPiece(name));
  await whenNotBusy(
    cloud,
    id,
    () =>
      cloud.request("compute", "PUT", `/servers/${id}/metadata`, {
        body: { metadata: { ...Object.fromEntries(others), ...mark } },
      }),
    signal,
  );
  const now = await waitForServer(cloud, id, () => true);
  return now ? { ...toInstance(now, new Map()), image: before.image } : after;
}

/**
 * Gives a server another flavor. Nova does that in two steps, of which the second is ours to ask for; and where no host
 * has room it accepts the first, does nothing, and says so only in its log of actions. Resolves with the server.
 */
async function resize(
  cloud: Cloud,
  server: NovaServer,
  flavor: string,
  signal: AbortSignal | undefined,
): Promise<NovaServer> {
  const { id, name } = server;
  const { id: flavorRef } = await findFlavor(cloud, flavor, signal);
  await whenNotBusy(cloud, id, () => act(cloud, id, { resize: { flavorRef } }), signal);
  const late = patient(signal, patienceMs);
  const resized = await waitForServer(cloud, id, isSettled, late);
  if (resized && !isSettled(resized)) guardWait(resized, "resized", late);
  if (resized?.status === "VERIFY_RESIZE") await confirm(cloud, id, signal);
  const now = await waitForServer(cloud, id, () => true);
  if (!now) throw failed(name, "was deleted while it was resized", "somebody else did that.");
  if (now.status === "ERROR") throw failed(name, `could not be resized to ${flavor}`, faultOf(now));
  if (now.flavor.original_name === flavor) return now;
  throw new PlatformError(
    "cloud_refused",
    `The instance ${name} still has the flavor ${now.flavor.original_name}: OpenStack accepted the change to ${flavor} and did not carry it out. ${await reasonOf(cloud, id)}`,
    { field: "/flavor" },
  );
}

/** Asks for the second step of a resize, and waits for it. */
async function confirm(cloud: Cloud, id: string, signal: AbortSignal | undefined): Promise<void> {
  const late = patient(signal, patienceMs);
  await whenNotBusy(cloud, id, () => act(cloud, id, { confirmResize: null }), late);
  const isDone = (now: NovaServer) => isSettled(now) && now.status !== "VERIFY_RESIZE";
  const now = await waitForServer(cloud, id, isDone, late);
  if (now && !isDone(now)) guardWait(now, "resized", late);
}

const act = (cloud: Cloud, id: string, body: object): Promise<unknown> =>
  cloud.request("compute", "POST", `/servers/${id}/action`, { body });

const isSettled = (server: NovaServer): boolean =>
  server["OS-EXT-STS:task_state"] === null && server.status !== "RESIZE";

/** What Nova's log of actions says of the last resize, as far as it shows that to a member. */
async function reasonOf(cloud: Cloud, id: string): Promise<string> {
  const path = `/servers/${id}/os-instance-actions`;
  const unknown = "Most often no host has room for it.";
  try {
    const { instanceActions } = await cloud.request<{
      instanceActions: { action: string; request_id: string; message: string | null }[];
    }>("compute", "GET", path);
    const last = instanceActions.find(({ action }) => action === "resize");
    if (!last) return unknown;
    const { instanceAction } = await cloud.request<{
      instanceAction: {
        message: string | null;
        events?: { details?: string | null; result: string | null }[];
      };
    }>("compute", "GET", `${path}/${last.request_id}`);
    const event = instanceAction.events?.find(({ result }) => result !== null && result !== "Success");
    const said = event?.details ?? instanceAction.message;
    return said ? `Nova says: ${said.trim().split("\n").at(-1)}` : unknown;
  } catch {
    return unknown;
  }
}
