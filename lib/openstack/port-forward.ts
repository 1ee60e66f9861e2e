import type * as z from "zod";
import {
  byAge,
  changesOf,
  collections,
  forwardKey,
  guardCapabilities,
  guardRevision,
  guardUnprotected,
  matchesLabels,
  type Platform,
  PlatformError,
  type PortForward,
  pageBy,
  parse,
  pointerTo,
  rangeProblem,
  required,
  Turns,
} from "../contract";
import { CloudError, isAnswer } from "./cloud";
import { inOurWords } from "./cloud-error";
import type { Context } from "./context";
import { changeForward } from "./forward-change";
import { createForward, usableForward } from "./forward-create";
import type { ForwardDesk } from "./forward-desk";
import { forwardDesks } from "./forward-desks";
import { toPortForward } from "./forward-entity";
import { type ForwardRecord, toRecord } from "./forward-record";
import { removeForward, sweep } from "./forward-removal";
import { keyDigest, repeatableCreates } from "./key-marks";
import type { NeutronForward, NeutronPort } from "./neutron";
import { portsWithGroups } from "./port-group";

const { noun, create: createSchema, patch: patchSchema, filter: filterSchema } = collections.portForwards;

/** Port forwards: forwards of Neutron's floating IPs, with the rules that let their traffic in. */
export function portForwardRepository(context: Context): Platform["portForwards"] {
  const desks = forwardDesks(context);
  const creates = repeatableCreates();
  // One change of a forward at a time, so that taking one back meets no other.
  const turns = new Turns();

  return {
    list: (query = {}, { signal } = {}) =>
      inOurWords("The port forwards could not be listed", async () => {
        const { limit, cursor, ...filter } = query;
        const wanted = parse(filterSchema, filter);
        const all = await Promise.all(
          (await desks.all(wanted.projectId, signal)).map((desk) => entitiesOf(desk, wanted, signal)),
        );
        return pageBy(byAge, all.flat(), { limit, cursor });
      }),

    get: (id, { signal } = {}) =>
      inOurWords(`The ${noun} ${id} could not be read`, async () => {
        for (const desk of await desks.all(undefined, signal)) {
          const pages = await desk.book.reload(signal);
          const record = pages.records.get(id);
          if (record) return toPortForward(desk.cloud.projectId, pages, record);
        }
        return required<PortForward>(undefined, noun, id);
      }),

    create: (input, options = {}) =>
      inOurWords("The port forward could not be made", async () => {
        const body = sorted(parse(createSchema, input));
        guardCapabilities(collections.portForwards, body, (await context.info(options.signal)).capabilities);
        guardRanges(body);
        const desk = await desks.of(body.projectId);
        return creates.once(
          options.idempotencyKey,
          ["port-forwards", body],
          (mark) => usableForward(desk, mark, body, options.signal),
          (mark) =>
            context.networks.hold(desk.cloud, () =>
              desk.lane.take(() => createForward(desk, body, mark, options.signal)),
            ),
        );
      }),

    update: (id, patch, options = {}) =>
      inOurWords(`The ${noun} ${id} could not be changed`, async () => {
        const body = sorted(parse(patchSchema, patch));
        guardCapabilities(collections.portForwards, body, (await context.info(options.signal)).capabilities);
        return turns.take(id, async () => {
          const { desk, record } = await locate(id, body.instanceId !== undefined);
          const pages = await desk.book.current();
          const before = toPortForward(desk.cloud.projectId, pages, record);
          guardRevision(before, noun, options.revision);
          const changes = changesOf<PortForward>(before, body);
          if (!changes) return before;
          guardRanges({ ...before, ...changes });
          return desk.lane.take(() => changeForward(desk, record, before, changes, options.signal));
        });
      }),

    delete: (id, options = {}) =>
      inOurWords(`The ${noun} ${id} could not be deleted`, () =>
        turns.take(id, async () => {
          const { desk, record } = await locate(id, false).catch(async (error) => {
            if (error instanceof PlatformError && error.code === "not_found") await tidyEverywhere();
            throw error;
          });
          const pages = await desk.book.current();
          const entity = toPortForward(desk.cloud.projectId, pages, record);
          guardRevision(entity, noun, options.revision);
          guardUnprotected(entity, `${noun} ${forwardKey(entity)}`);
          await desk.lane.take(() => removeForward(desk, record));
          const left = [...(await desk.book.current()).records.values()];
          if (!left.some((other) => other.floatingIp.id === record.floatingIp.id))
            await context.networks.release(desk.cloud);
        }),
      ),
  };

  /** A forward as it is now, and who sees to it. @throws PlatformError `not_found` */
  async function locate(
    id: string,
    withPort: boolean,
  ): Promise<{ desk: ForwardDesk; record: ForwardRecord }> {
    for (const [where, how] of [
      [() => desks.nearby(), "current"],
      [() => desks.all(), "reload"],
    ] as const) {
      for (const desk of await where()) {
        const known = (await desk.book[how]()).records.get(id);
        const record = known && (await refresh(desk, known, withPort));
        if (record) return { desk, record };
      }
    }
    return required<{ desk: ForwardDesk; record: ForwardRecord }>(undefined, noun, id);
  }

  /** A forward that others have deleted has left behind what was made for it: where it was, nobody knows any more. */
  async function tidyEverywhere(): Promise<void> {
    try {
      for (const desk of await desks.all()) {
        const ports = portsWithGroups(await desk.book.current());
        if (ports.length === 0) continue;
        await sweep(desk, ports);
        await context.networks.release(desk.cloud);
      }
    } catch (error) {
      // That the forward is gone is the answer all the same.
      if (!(error instanceof CloudError || error instanceof PlatformError)) throw error;
    }
  }
}

async function entitiesOf(
  desk: ForwardDesk,
  wanted: z.output<typeof filterSchema>,
  signal: AbortSignal | undefined,
): Promise<PortForward[]> {
  const pages = await desk.book.reload(signal);
  const key = wanted.idempotencyKey === undefined ? undefined : keyDigest(wanted.idempotencyKey);
  return [...pages.records.values()]
    .filter((record) => key === undefined || record.mark?.key === key)
    .map((record) => toPortForward(desk.cloud.projectId, pages, record))
    .filter((forward) => fits(forward, wanted));
}

function fits(forward: PortForward, wanted: z.output<typeof filterSchema>): boolean {
  const { externalPort: port } = wanted;
  const fields = ["projectId", "instanceId", "protocol", "externalIp", "ownershipId"] as const;
  return (
    fields.every((field) => wanted[field] === undefined || forward[field] === wanted[field]) &&
    (port === undefined ||
      (port >= forward.externalPort && port < forward.externalPort + forward.portCount)) &&
    matchesLabels(forward.labels, wanted.labels)
  );
}

/** Reads a forward again, and everything around it when somebody else has changed it; undefined when it is gone. */
async function refresh(
  desk: ForwardDesk,
  known: ForwardRecord,
  withPort: boolean,
): Promise<ForwardRecord | undefined> {
  const { book, cloud } = desk;
  const path = `/floatingips/${known.floatingIp.id}/port_forwardings/${known.neutronId}`;
  try {
    const [{ port_forwarding }, port] = await Promise.all([
      cloud.request<{ port_forwarding: NeutronForward }>("network", "GET", path),
      withPort ? cloud.request<{ port: NeutronPort }>("network", "GET", `/ports/${known.portId}`) : undefined,
    ]);
    if (port) await book.note(({ ports }) => ports.set(port.port.id, port.port));
    const now = toRecord({ ...port_forwarding, id: known.neutronId }, known.floatingIp);
    const isSame = JSON.stringify(now) === JSON.stringify(known);
    return isSame ? known : (await book.reload()).records.get(known.id);
  } catch (error) {
    if (!isAnswer(error, 404)) throw error;
    return (await book.reload()).records.get(known.id);
  }
}

/** Sources are a set to OpenStack: always in the same order, they are compared and told alike. */
const sorted = <B extends { allowedCidrs?: string[] | undefined }>(body: B): B =>
  body.allowedCidrs ? { ...body, allowedCidrs: [...body.allowedCidrs].sort() } : body;

/** @throws PlatformError `invalid_argument` when a range would end behind the last port there is */
function guardRanges(forward: Parameters<typeof rangeProblem>[0]): void {
  const problem = rangeProblem(forward);
  if (problem) {
    throw new PlatformError("invalid_argument", problem.message, { field: pointerTo(problem.path) });
  }
}
