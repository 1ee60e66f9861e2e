import type * as z from "zod";
import { collections, type Platform, PlatformError, type PortForward, parse } from "../contract";
import { assignmentOrder, firstFree, nearbyOrder } from "./allocator";
import { changesOf, guardRevision, required, restore } from "./change";
import type { Context } from "./context";
import { newId } from "./identifier";
import { listPage } from "./listing";
import { routeFields } from "./reconciler";
import type { PortForwardRow } from "./store";
import { Turns } from "./turns";

const { noun, create: createSchema, patch: patchSchema } = collections.portForwards;

/** How many assigned ports are tried when programs of the host sit on them. */
const hostCollisionTries = 50;

/** Port forwards and their rules: one holder for each external port, one forward for each port of an instance. */
export function portForwardRepository({
  store,
  settings,
  reconciler,
  log,
}: Context): Platform["portForwards"] {
  const { portForwards, instances, projects, database } = store;
  const { ports } = settings;
  // One change of a forward at a time, so that taking one back meets no other.
  const turns = new Turns();
  const current = (id: string): PortForward => toEntity(required(portForwards.get(id), noun, id));

  return {
    list: async (query) => listPage(collections.portForwards, portForwards, query, toEntity),

    get: async (id) => current(id),

    create: async (input, options = {}) => {
      const body = parse(createSchema, input);
      const request = ["port-forwards", body];
      return store.idempotencyKeys.once(options.idempotencyKey, request, usable, async (claim) => {
        for (let tries = 1; ; tries++) {
          const row = database.transaction(() => insert(body, claim));
          const refused = await turns.take(row.id, () => openOrUndo(row));
          if (!refused) return current(row.id);
          const passBy = body.externalPort === undefined && isHostCollision(refused);
          if (!passBy || tries >= hostCollisionTries) throw unavailable(row, refused);
          log(`${refused.message}; assigning another port`);
        }
      });
    },

    update: async (id, patch, options = {}) => {
      const body = parse(patchSchema, patch);
      return turns.take(id, async () => {
        const row = required(portForwards.get(id), noun, id);
        const changes = database.transaction(() => change(row, body, options.revision));
        if (!changes || !routeFields.some((field) => field in changes)) return current(id);
        try {
          await reconciler.portForward(id);
        } catch (error) {
          database.transaction(() => restore(portForwards, row, changes));
          await reconciler.settlePortForward(id);
          throw unavailable({ ...row, ...changes }, error);
        }
        return current(id);
      });
    },

    delete: async (id, options = {}) =>
      turns.take(id, async () => {
        database.transaction(() => {
          const row = required(portForwards.get(id), noun, id);
          guardRevision(row, noun, options.revision);
          portForwards.delete(id);
        });
        await reconciler.portForward(id);
      }),
  };

  function insert(body: z.output<typeof createSchema>, claim: (id: string) => void): PortForwardRow {
    const project = required(projects.get(body.projectId), "project", body.projectId, "/projectId");
    const externalIp = settings.externalIps[0]!;
    guardTarget(project.id, body.instanceId);
    guardInternalPort(body);
    if (body.externalPort !== undefined) {
      guardExternalPort({ ...body, externalIp, externalPort: body.externalPort });
    }
    const row: PortForwardRow = {
      id: newId("fwd"),
      ...body,
      externalIp,
      externalPort: body.externalPort ?? assignPort(externalIp, body.protocol),
      revision: 1,
      createdAt: new Date().toISOString(),
    };
    portForwards.insert(row);
    claim(row.id);
    return row;
  }

  /** Opens a new forward; one that cannot be opened leaves neither row nor key, and says why. */
  async function openOrUndo(row: PortForwardRow): Promise<Error | undefined> {
    try {
      await reconciler.portForward(row.id);
      return undefined;
    } catch (error) {
      database.transaction(() => {
        portForwards.delete(row.id);
        store.idempotencyKeys.release(row.id);
      });
      return error as Error;
    }
  }

  function change(row: PortForwardRow, body: z.output<typeof patchSchema>, revision: number | undefined) {
    guardRevision(row, noun, revision);
    const changes = changesOf<PortForwardRow>(row, body);
    if (!changes) return undefined;
    const next = { ...row, ...changes };
    if (changes.instanceId) guardTarget(row.projectId, changes.instanceId);
    if (next.instanceId !== null) guardInternalPort({ ...next, instanceId: next.instanceId });
    if (changes.externalPort !== undefined || changes.protocol !== undefined) guardExternalPort(next);
    portForwards.update(row.id, changes);
    return changes;
  }

  /** What a key has made before: perhaps before a restart, and a create promises that it is usable. */
  async function usable(id: string): Promise<PortForward | undefined> {
    const row = portForwards.get(id);
    if (!row) return undefined;
    await reconciler.portForward(id).catch((error) => Promise.reject(unavailable(row, error)));
    return current(id);
  }

  function toEntity(row: PortForwardRow): PortForward {
    const target = row.instanceId === null ? undefined : instances.get(row.instanceId);
    return {
      ...row,
      internalIp: target?.privateIp ?? null,
      socketAddress: `${hostText(row.externalIp)}:${row.externalPort}`,
      status: reconciler.portForwardStatus(row),
    };
  }

  function guardTarget(projectId: string, instanceId: string): void {
    const instance = required(instances.get(instanceId), "instance", instanceId, "/instanceId");
    if (instance.projectId === projectId) return;
    throw new PlatformError(
      "project_mismatch",
      `The instance ${instance.name} (${instance.id}) belongs to another project than the forward (${projectId}).`,
      { field: "/instanceId" },
    );
  }

  function guardInternalPort(
    wanted: Pick<PortForwardRow, "protocol" | "internalPort"> & { id?: string; instanceId: string },
  ): void {
    const { instanceId, protocol, internalPort } = wanted;
    const holder = portForwards.find({ instanceId, protocol, internalPort });
    if (!holder || holder.id === wanted.id) return;
    throw new PlatformError(
      "internal_port_taken",
      `${protocol} port ${internalPort} of instance ${instanceId} is forwarded already, from ${hostText(holder.externalIp)}:${holder.externalPort} (${describe(holder)}).`,
      { field: "/internalPort", details: { holder: holder.id } },
    );
  }

  function guardExternalPort(
    wanted: Pick<PortForwardRow, "protocol" | "externalIp" | "externalPort"> & { id?: string },
  ): void {
    const { protocol, externalIp, externalPort } = wanted;
    const isFree = freeOn(externalIp, protocol);
    const offer = () => firstFree(nearbyOrder(ports, externalPort), isFree, 3);
    if (externalPort < ports.from || externalPort > ports.to) {
      const freePorts = offer();
      throw new PlatformError(
        "external_port_out_of_range",
        `externalPort is ${externalPort}, but the platform forwards ports ${ports.from} to ${ports.to}. ${offerText(freePorts)}`,
        { field: "/externalPort", details: { range: ports, freePorts } },
      );
    }
    const holder = portForwards.find({ externalIp, protocol, externalPort });
    if (!holder || holder.id === wanted.id) return;
    const freePorts = offer();
    throw new PlatformError(
      "external_port_taken",
      `${protocol} port ${externalPort} of ${externalIp} is held by ${describe(holder)}. ${offerText(freePorts)}`,
      { field: "/externalPort", details: { holder: holder.id, projectId: holder.projectId, freePorts } },
    );
  }

  /** "port forward fwd-... of project ai-lab, to instance web" */
  function describe(row: PortForwardRow): string {
    const instance = row.instanceId === null ? undefined : instances.get(row.instanceId);
    const target = instance ? `to instance ${instance.name}` : "detached";
    return `port forward ${row.id} of project ${projects.get(row.projectId)?.name}, ${target}`;
  }

  function assignPort(externalIp: string, protocol: PortForward["protocol"]): number {
    const resource = `${protocol} port of ${externalIp}`;
    const last = database.first("SELECT value FROM lastAssigned WHERE resource = ?", resource)?.value;
    const order = assignmentOrder(ports, last === undefined ? undefined : Number(last));
    const [port] = firstFree(order, freeOn(externalIp, protocol), 1);
    if (port === undefined) {
      throw new PlatformError(
        "external_ports_exhausted",
        `Each of the ${protocol} ports ${ports.from} to ${ports.to} of ${externalIp} is held by a forward.`,
        { field: "/externalPort" },
      );
    }
    database.run("INSERT OR REPLACE INTO lastAssigned (resource, value) VALUES (?, ?)", resource, port);
    return port;
  }

  function freeOn(externalIp: string, protocol: PortForward["protocol"]): (port: number) => boolean {
    return (externalPort) => portForwards.find({ externalIp, protocol, externalPort }) === undefined;
  }
}

/** A program of the host sits on the port, or keeps it for the privileged. */
function isHostCollision(error: Error): boolean {
  return ["EADDRINUSE", "EACCES"].includes((error as NodeJS.ErrnoException).code ?? "");
}

function unavailable(row: PortForwardRow, cause: unknown): unknown {
  if (cause instanceof PlatformError) return cause;
  const code = (cause as NodeJS.ErrnoException).code;
  return new PlatformError(
    "external_port_unavailable",
    `${row.protocol} port ${row.externalPort} of ${row.externalIp} cannot be opened on the platform's host` +
      `${code === undefined ? "" : ` (${code})`}: ${(cause as Error).message}.`,
    { field: "/externalPort", cause },
  );
}

function offerText(freePorts: readonly number[]): string {
  return freePorts.length > 0 ? `Free nearby: ${freePorts.join(", ")}.` : "No port is free.";
}

function hostText(ip: string): string {
  return ip.includes(":") ? `[${ip}]` : ip;
}
