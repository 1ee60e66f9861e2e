import type * as z from "zod";
import {
  byAge,
  changesOf,
  collections,
  guardCapabilities,
  guardRevision,
  guardUnprotected,
  type Instance,
  matchesLabels,
  type Platform,
  PlatformError,
  pageBy,
  parse,
  required,
  Turns,
} from "../contract";
import type { Cloud } from "./cloud";
import { inOurWords } from "./cloud-error";
import type { Context } from "./context";
import type { ForwardDesk } from "./forward-desk";
import { forwardDesks } from "./forward-desks";
import { isForwardedTo, removePort } from "./forward-removal";
import { imageNames } from "./image";
import { changeInstance } from "./instance-change";
import { createInstance, ourPortsOf, runningInstance } from "./instance-create";
import { decodeInstanceMark, keyTag } from "./instance-mark";
import { keyDigest, repeatableCreates } from "./key-marks";
import { isGone, type NovaServer, ownImageName, readServer, toInstance } from "./server";
import { endServer } from "./server-end";
import { whenNotBusy } from "./server-wait";

const { noun, create: createSchema, patch: patchSchema, filter: filterSchema } = collections.instances;

/** Instances: servers of Nova. Those that others have made are found and can be forwarded to; they are never changed. */
export function instanceRepository(context: Context): Platform["instances"] {
  const desks = forwardDesks(context);
  const creates = repeatableCreates();
  // One change of an instance at a time, so that taking one back meets no other.
  const turns = new Turns();

  return {
    list: (query = {}, { signal } = {}) =>
      inOurWords("The instances could not be listed", async () => {
        const { limit, cursor, ...filter } = query;
        const wanted = parse(filterSchema, filter);
        const found = await Promise.all(
          (await desks.all(wanted.projectId, signal)).map(({ cloud }) => entitiesOf(cloud, wanted, signal)),
        );
        return pageBy(byAge, found.flat(), { limit, cursor });
      }),

    get: (id, { signal } = {}) =>
      inOurWords(`The ${noun} ${id} could not be read`, async () => {
        const { desk, server } = await locate(id, signal);
        return toInstance(server, await namesFor(desk.cloud, [server], signal));
      }),

    create: (input, options = {}) =>
      inOurWords("The instance could not be made", async () => {
        const body = parse(createSchema, input);
        guardCapabilities(collections.instances, body, (await context.info(options.signal)).capabilities);
        const desk = await desks.of(body.projectId);
        return creates.once(
          options.idempotencyKey,
          ["instances", body],
          (mark) => runningInstance(desk, mark, body, options.signal),
          (mark) =>
            context.networks.hold(desk.cloud, () =>
              createInstance(context, desk, body, mark, options.signal),
            ),
        );
      }),

    update: (id, patch, options = {}) =>
      inOurWords(`The ${noun} ${id} could not be changed`, async () => {
        const body = parse(patchSchema, patch);
        guardCapabilities(collections.instances, body, (await context.info(options.signal)).capabilities);
        return turns.take(id, async () => {
          const { desk, server } = await locate(id);
          const before = toInstance(server, await namesFor(desk.cloud, [server]));
          guardRevision(before, noun, options.revision);
          const changes = changesOf<Instance>(before, body);
          if (!changes) return before;
          guardOurs(server);
          return changeInstance(desk.cloud, server, before, changes, options.signal);
        });
      }),

    delete: (id, options = {}) =>
      inOurWords(`The ${noun} ${id} could not be deleted`, () =>
        turns.take(id, async () => {
          const { desk, server } = await locate(id);
          const entity = toInstance(server, new Map());
          guardRevision(entity, noun, options.revision);
          guardUnprotected(entity, `${noun} ${server.name}`);
          guardOurs(server);
          await end(desk, server, options.signal);
          await context.networks.release(desk.cloud);
        }),
      ),
  };

  /** A server as it is now, and who sees to its project. @throws PlatformError `not_found` */
  async function locate(
    id: string,
    signal?: AbortSignal,
  ): Promise<{ desk: ForwardDesk; server: NovaServer }> {
    const asked = new Set<ForwardDesk>();
    for (const where of [() => desks.nearby(), () => desks.all(undefined, signal)]) {
      for (const desk of await where()) {
        if (asked.has(desk)) continue;
        asked.add(desk);
        const server = await readServer(desk.cloud, id, signal);
        if (server) return { desk, server };
      }
    }
    return required<{ desk: ForwardDesk; server: NovaServer }>(undefined, noun, id);
  }
}

/** The instances of a project, for whoever wants to know what is left in it. */
export function instancesIn(cloud: Cloud): Promise<Instance[]> {
  return entitiesOf(cloud, {}, undefined);
}

/** Ends a server. A port of ours that forwards lead to stays behind for them; another one goes. */
async function end(desk: ForwardDesk, server: NovaServer, signal: AbortSignal | undefined): Promise<void> {
  const { cloud, book } = desk;
  const ports = await ourPortsOf(cloud, server);
  await whenNotBusy(cloud, server.id, () => endServer(cloud, server.id, signal), signal);
  for (const port of ports) {
    if (await isForwardedTo(desk, port.id)) {
      await book.note((pages) => {
        const parked = { ...(pages.ports.get(port.id) ?? port), device_id: "", device_owner: "" };
        pages.ports.set(port.id, parked);
      });
    } else await removePort(desk, port.id);
  }
}

async function entitiesOf(
  cloud: Cloud,
  wanted: z.output<typeof filterSchema>,
  signal: AbortSignal | undefined,
): Promise<Instance[]> {
  const key = wanted.idempotencyKey;
  const query = key === undefined ? {} : { tags: keyTag(keyDigest(key)) };
  const servers = await cloud.list<NovaServer>("compute", "/servers/detail", "servers", query, { signal });
  const here = servers.filter((server) => !isGone(server));
  const images = await namesFor(cloud, here, signal);
  const fields = ["projectId", "name", "ownershipId"] as const;
  return here
    .map((server) => toInstance(server, images))
    .filter((instance) =>
      fields.every((field) => wanted[field] === undefined || instance[field] === wanted[field]),
    )
    .filter(({ labels }) => matchesLabels(labels, wanted.labels));
}

/** The names of the images of servers, asked for where one does not bear its own. */
async function namesFor(
  cloud: Cloud,
  servers: readonly NovaServer[],
  signal?: AbortSignal,
): Promise<ReadonlyMap<string, string>> {
  const isNamed = (server: NovaServer) => server.image === "" || ownImageName(server) !== undefined;
  return servers.every(isNamed) ? new Map() : imageNames(cloud, signal);
}

/** @throws PlatformError `forbidden` */
function guardOurs({ id, name, metadata }: NovaServer): void {
  if (decodeInstanceMark(metadata)) return;
  throw new PlatformError(
    "forbidden",
    `The instance ${name} (${id}) was not made by Fairlead, which forwards to it but does not change it. Change it where it was made.`,
    { details: { id } },
  );
}
