import { randomBytes } from "node:crypto";
import type * as z from "zod";
import type { collections, KeyMark, MadeBefore, PortForward } from "../contract";
import { isAnswer } from "./cloud";
import type { FloatingIp } from "./floating-ip";
import type { ForwardDesk } from "./forward-desk";
import { toPortForward } from "./forward-entity";
import { encodeForwardMark, type ForwardMark } from "./forward-mark";
import { checkOf, type ForwardRecord, type ForwardRoute, toNeutron, toRecord } from "./forward-record";
import { explainRefusal, refusalOf } from "./forward-refusal";
import { sweep } from "./forward-removal";
import { guardSources } from "./forward-sources";
import { isLostReply, lookFor } from "./lost-reply";
import type { NeutronForward } from "./neutron";

type Body = z.output<(typeof collections.portForwards)["create"]>;

/** How many times ports are chosen anew when others are faster. */
const tries = 30;

/**
 * Makes a forward: Neutron's first, which keeps the port, then the rule that lets its traffic in. What goes wrong in
 * between takes the forward back; what is cut off in between is found again by its key, closed.
 */
export async function createForward(
  desk: ForwardDesk,
  body: Body,
  key: KeyMark | undefined,
  signal: AbortSignal | undefined,
): Promise<PortForward> {
  // Without a key of its own a forward has one all the same: a lost reply is looked for by it.
  const mark = key ?? { key: randomBytes(12).toString("base64url"), request: "" };
  const record = await make(desk, body, mark, signal);
  const forward = await opened(desk, record, body, signal);
  await sweep(desk);
  return forward;
}

/** What a key has made before, closed perhaps: a create promises that it is usable. */
export async function usableForward(
  desk: ForwardDesk,
  { key }: KeyMark,
  body: Body,
  signal: AbortSignal | undefined,
): Promise<MadeBefore<PortForward> | undefined> {
  const record = madeBy((await desk.book.current(signal)).records.values(), key);
  if (!record) return undefined;
  const pages = await desk.book.current();
  const entity = toPortForward(desk.cloud.projectId, pages, record);
  const isUsable = entity.status !== "error";
  return {
    request: record.mark?.request,
    entity: isUsable ? entity : await opened(desk, record, body, signal),
  };
}

const madeBy = (records: Iterable<ForwardRecord>, key: string): ForwardRecord | undefined =>
  [...records].find(({ mark }) => mark?.key === key);

async function make(
  desk: ForwardDesk,
  body: Body,
  key: KeyMark,
  signal: AbortSignal | undefined,
): Promise<ForwardRecord> {
  const { book } = desk;
  const { protocol, internalPort, portCount, instanceId } = body;
  const internal = { first: internalPort, count: portCount };
  // Addresses of another router, which Neutron alone may know.
  const elsewhere = new Set<string>();
  for (let attempt = 1; ; attempt++) {
    const targets = await desk.targetsOf(instanceId, signal);
    const routes = await desk.targets.routes(targets, body.externalIp, signal, elsewhere);
    for (const { port } of targets) await desk.leftOver.close(port.id);
    const { route, target, floatingIp } = await book.certainly(async (pages) => {
      const given = await desk.give(pages, routes, body);
      const { port, ip } = given.target;
      const wanted: ForwardRoute = {
        ...{ protocol, internal, external: given.external, portId: port.id, internalIp: ip },
      };
      await desk.guardInternal(pages, wanted, instanceId, "internalPort");
      await guardSources(book.cloud, pages, port, wanted, body.allowedCidrs);
      return { ...given, route: wanted };
    });
    const release = book.claim({ floatingIpId: floatingIp.id, protocol, span: route.external });
    try {
      const made = await post(desk, floatingIp, route, markOf(body, route, key));
      await book.note(({ records, floatingIps }) => {
        records.set(made.id, made);
        const router_id = floatingIp.router_id ?? target.router?.id ?? null;
        floatingIps.set(floatingIp.id, { ...floatingIp, router_id });
      });
      return made;
    } catch (error) {
      const isLost = isLostReply(error);
      const refusal = refusalOf(error);
      if (!isLost && refusal === undefined) throw explainRefusal(error, instanceId);
      const look = async () => madeBy((await book.reload()).records.values(), key.key);
      const made = await (isLost ? lookFor(look, signal) : look());
      if (made) return made;
      if (isLost || attempt === tries) throw error;
      if (refusal === "other-router") elsewhere.add(floatingIp.id);
    } finally {
      release();
    }
  }
}

/** Sends a new forward of an address. @throws CloudError */
export async function post(
  { cloud }: ForwardDesk,
  floatingIp: FloatingIp,
  route: ForwardRoute,
  mark: ForwardMark,
): Promise<ForwardRecord> {
  const path = `/floatingips/${floatingIp.id}/port_forwardings`;
  const description = encodeForwardMark(mark);
  const { port_forwarding } = await cloud.request<{ port_forwarding: NeutronForward }>(
    "network",
    "POST",
    path,
    {
      body: { port_forwarding: toNeutron(route, description) },
    },
  );
  return toRecord(port_forwarding, floatingIp)!;
}

/** Opens a forward, or takes it back. */
async function opened(
  desk: ForwardDesk,
  record: ForwardRecord,
  { allowedCidrs }: Body,
  signal: AbortSignal | undefined,
): Promise<PortForward> {
  const { access, book, cloud } = desk;
  const { ports } = await book.current(signal);
  const port = ports.get(record.portId);
  try {
    const { stale } = port ? await access.open(record, port, allowedCidrs) : { stale: [] };
    await access.close(stale);
  } catch (error) {
    const path = `/floatingips/${record.floatingIp.id}/port_forwardings/${record.neutronId}`;
    await cloud.request("network", "DELETE", path).catch((failed) => {
      if (!isAnswer(failed, 404)) throw error;
    });
    await book.note(({ records }) => records.delete(record.id));
    await access.groups.release(record.portId);
    throw error;
  }
  return toPortForward(cloud.projectId, await book.current(), record);
}

function markOf(body: Body, route: ForwardRoute, { key, request }: KeyMark): ForwardMark {
  const { description, labels, ownershipId, deletionProtection } = body;
  return {
    ...{ description, labels, ownershipId, deletionProtection },
    ...{ revision: 1, createdAt: Date.now(), check: checkOf(route), key, request },
  };
}
