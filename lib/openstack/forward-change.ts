import type { ExternalAsker, InternalAsker, PortForward } from "../contract";
import type { FloatingIp } from "./floating-ip";
import { rulesOf } from "./forward-access";
import type { ForwardPages } from "./forward-book";
import { post } from "./forward-create";
import type { ForwardDesk } from "./forward-desk";
import { toPortForward } from "./forward-entity";
import { encodeForwardMark, type ForwardMark } from "./forward-mark";
import {
  checkOf,
  createdAtOf,
  type ForwardRecord,
  type ForwardRoute,
  toNeutron,
  toRecord,
} from "./forward-record";
import { explainRefusal, refusalOf } from "./forward-refusal";
import { tidyPort } from "./forward-removal";
import { guardSources } from "./forward-sources";
import type { Target } from "./forward-target";

type Changes = Partial<PortForward> & { readonly revision: number };

const inside = ["internalPort", "portCount", "instanceId", "protocol"] as const;
const outside = ["externalPort", "portCount", "externalIp", "protocol"] as const;

/** What becomes of a forward: where it leads, and from which address. */
interface Next {
  readonly route: ForwardRoute;
  readonly floatingIp: FloatingIp;
  readonly target: Target | undefined;
}

/**
 * Changes a forward with one request, save where OpenStack needs more: rules of other ports or sources are made before
 * and taken away behind, so that what stays open is open all the time. Another address is another forward to Neutron.
 */
export async function changeForward(
  desk: ForwardDesk,
  record: ForwardRecord,
  before: PortForward,
  changes: Changes,
  signal: AbortSignal | undefined,
): Promise<PortForward> {
  const { access, book } = desk;
  const after = { ...before, ...changes };
  const next = await nextOf(desk, record, after, changes, signal);
  if (next.target) await desk.leftOver.close(next.target.port.id);
  const guarded = () => book.certainly((pages) => guard(desk, pages, record, after, changes, next));
  await guarded();
  // What others have made is not known to be open; from now on that is ours to see to.
  const isOpened = !record.mark || "allowedCidrs" in changes || firstOf(inside, changes) !== undefined;
  const { route, target } = next;
  const port = target?.port;
  const hadRules = isOpened || rulesOf(await book.current(), record.id).length > 0;
  const opening =
    isOpened && port ? await access.open({ ...route, id: record.id }, port, after.allowedCidrs) : undefined;
  let changed: ForwardRecord;
  try {
    const mark = nextMark(record, after, route);
    changed =
      next.floatingIp.id === record.floatingIp.id
        ? await put(desk, record, route, mark)
        : await move(desk, record, next, mark);
  } catch (error) {
    await access.close(opening?.made ?? []);
    if (port && port.id !== record.portId) await access.groups.release(port.id);
    if (refusalOf(error) === undefined) throw explainRefusal(error, after.instanceId ?? "");
    // Somebody was faster: who that is, the list says now.
    await book.reload();
    await guarded();
    throw error;
  }
  await book.note(({ records }) => records.set(changed.id, changed));
  await access.close(opening?.stale ?? []);
  const isMoved = changed.floatingIp.id !== record.floatingIp.id;
  if (isMoved && port && hadRules) {
    // Another run may have taken them for left over while the forward was between two addresses.
    await book.reload();
    await access.open({ ...route, id: record.id }, port, after.allowedCidrs);
  }
  if (changed.portId !== record.portId) await tidyPort(desk, record.portId);
  return toPortForward(desk.cloud.projectId, await book.current(), changed);
}

async function nextOf(
  desk: ForwardDesk,
  record: ForwardRecord,
  after: PortForward,
  changes: Changes,
  signal: AbortSignal | undefined,
): Promise<Next> {
  const { protocol, internalPort, externalPort, portCount: count } = after;
  const ports = {
    protocol,
    internal: { first: internalPort, count },
    external: { first: externalPort, count },
  };
  const pages = await desk.book.current(signal);
  const now = pages.ports.get(record.portId);
  const stays: Target | undefined = now && { port: now, ip: record.internalIp, router: undefined };
  if (changes.instanceId == null && changes.externalIp === undefined) {
    const { portId, internalIp } = record;
    return { route: { ...ports, portId, internalIp }, floatingIp: record.floatingIp, target: stays };
  }
  const places = after.instanceId === null ? [] : await desk.targetsOf(after.instanceId, signal);
  const candidates =
    changes.instanceId == null ? places.filter(({ ip }) => ip === record.internalIp) : places;
  const targets = candidates.length > 0 ? candidates : stays ? [stays] : places;
  const [{ target, floatingIp }] = (await desk.targets.routes(targets, after.externalIp, signal)) as [
    { target: Target; floatingIp: FloatingIp },
  ];
  return { route: { ...ports, portId: target.port.id, internalIp: target.ip }, floatingIp, target };
}

async function guard(
  desk: ForwardDesk,
  pages: ForwardPages,
  { id }: ForwardRecord,
  after: PortForward,
  changes: Changes,
  { route, floatingIp, target }: Next,
): Promise<void> {
  const inner = firstOf(inside, changes);
  if (inner && after.instanceId !== null)
    await desk.guardInternal(pages, { ...route, id }, after.instanceId, inner as InternalAsker);
  const outer = firstOf(outside, changes);
  if (outer) await desk.guardExternal(pages, { ...route, floatingIp, id }, outer as ExternalAsker);
  if (target && (inner || "allowedCidrs" in changes))
    await guardSources(desk.cloud, pages, target.port, { ...route, id }, after.allowedCidrs);
}

/**
 * Changes a forward of an address, all of it with one request; save a single port that is to be a range of another
 * port: with an address in the request, Neutron keeps the internal port that the single one had.
 */
async function put(
  { cloud }: ForwardDesk,
  record: ForwardRecord,
  route: ForwardRoute,
  mark: ForwardMark,
): Promise<ForwardRecord> {
  const path = `/floatingips/${record.floatingIp.id}/port_forwardings/${record.neutronId}`;
  const send = (port_forwarding: object) =>
    cloud.request("network", "PUT", path, { body: { port_forwarding } });
  const next = toNeutron(route, encodeForwardMark(mark));
  const { internal_port_id, internal_ip_address, ...rest } = next;
  const isElsewhere = internal_port_id !== record.portId || internal_ip_address !== record.internalIp;
  if (!isElsewhere) await send(rest);
  else if (record.external.count > 1 || route.external.count === 1) await send(next);
  else {
    await send({ internal_port_id, internal_ip_address });
    await send(rest);
  }
  // What Neutron answers is not to be trusted: of a range that was a single port, it tells both.
  return toRecord({ id: record.neutronId, ...next }, record.floatingIp)!;
}

/**
 * Gives a forward another address. Neutron lets a port of an instance be forwarded once across all addresses, so the
 * forward ends at the old one first; if the new one is refused, it goes back.
 */
async function move(
  desk: ForwardDesk,
  record: ForwardRecord,
  { route, floatingIp }: Next,
  mark: ForwardMark,
): Promise<ForwardRecord> {
  const path = `/floatingips/${record.floatingIp.id}/port_forwardings/${record.neutronId}`;
  const { book, cloud, leftOver } = desk;
  const arrive = async (at: FloatingIp, by: ForwardRoute, marked: ForwardMark) => {
    const forward = await post(desk, at, by, { ...marked, id: record.id });
    await book.note(({ records }) => records.set(record.id, forward));
    return forward;
  };
  const release = leftOver.keep(record.id);
  try {
    await cloud.request("network", "DELETE", path);
    return await arrive(floatingIp, route, mark).catch(async (error) => {
      const { internal, external, protocol, portId, internalIp } = record;
      const old = { internal, external, protocol, portId, internalIp };
      await arrive(record.floatingIp, old, record.mark ?? mark);
      throw error;
    });
  } finally {
    release();
  }
}

function nextMark(record: ForwardRecord, after: PortForward, route: ForwardRoute): ForwardMark {
  const { description, labels, ownershipId, deletionProtection, revision } = after;
  const createdAt = Date.parse(createdAtOf(record));
  return {
    ...(record.mark ?? { createdAt }),
    ...{ description, labels, ownershipId, deletionProtection, revision, check: checkOf(route), createdAt },
  };
}

/** The first of some fields that a change has, to point at when the change is refused. */
function firstOf<F extends string>(fields: readonly F[], changes: object): F | undefined {
  return fields.find((field) => field in changes);
}
