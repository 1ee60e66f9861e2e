import type * as z from "zod";
import {
  administrator,
  type Caller,
  changesOf,
  collections,
  forwardKey,
  forwardProblem,
  guardCapabilities,
  guardRevision,
  guardUnprotected,
  hostText,
  type Platform,
  PlatformError,
  type PortForward,
  parse,
  pointerTo,
  portsText,
  required,
  Turns,
} from "../contract";
import type { Context } from "./context";
import { giveExternalPort, guardExternalIp, guardExternalPort } from "./external-port";
import { externalHolders } from "./held-ports";
import { newId } from "./identifier";
import { guardInternalPort, guardTarget } from "./internal-port";
import { listPage } from "./listing";
import { guardQuota } from "./quota";
import { routeFields } from "./reconciler";
import { restore } from "./restore";
import type { PortForwardRow } from "./store";

const { noun, create: createSchema, patch: patchSchema } = collections.portForwards;

/** How many assigned ports are tried when programs of the host sit on them. */
const hostCollisionTries = 50;

/** Port forwards and their rules: one holder for each external port, one forward for each port of an instance. */
export function portForwardRepository({
  store,
  settings,
  info,
  reconciler,
  log,
}: Context): Platform["portForwards"] {
  const { portForwards, instances, projects, database } = store;
  // One change of a forward at a time, so that taking one back meets no other.
  const turns = new Turns();
  const current = (id: string): PortForward => toEntity(required(portForwards.get(id), noun, id));

  return {
    list: async (query) => listPage(collections.portForwards, portForwards, query, toEntity, conditions),

    get: async (id) => current(id),

    create: async (input, options = {}) => {
      const { caller = administrator } = options;
      const body = parse(createSchema, input);
      guardCapabilities(collections.portForwards, body, info.capabilities);
      const keyed = {
        key: options.idempotencyKey,
        scope: body.projectId,
        request: ["port-forwards", body],
      };
      return store.idempotencyKeys.once(keyed, usable, async (claim) => {
        for (let tries = 1; ; tries++) {
          const row = await database.undoable(() => insert(body, claim, caller));
          const refused = await turns.take(row.id, () => openOrUndo(row, caller));
          if (!refused) return current(row.id);
          const passBy = body.externalPort === undefined && isHostCollision(refused);
          if (!passBy || tries >= hostCollisionTries) throw unavailable(row, refused);
          log.warn(`${refused.message}; assigning another port`, { id: row.id });
        }
      });
    },

    update: async (id, patch, options = {}) => {
      const { caller = administrator } = options;
      const body = parse(patchSchema, patch);
      guardCapabilities(collections.portForwards, body, info.capabilities);
      return turns.take(id, async () => {
        const row = required(portForwards.get(id), noun, id);
        const changes = await database.undoable(() => change(row, body, options.revision, caller));
        if (!changes || !routeFields.some((field) => field in changes)) return current(id);
        try {
          await reconciler.portForward(id);
        } catch (error) {
          await database.kept(() => restore(portForwards, row, changes, caller));
          await reconciler.settlePortForward(id);
          throw unavailable({ ...row, ...changes }, error);
        }
        return current(id);
      });
    },

    delete: async (id, options = {}) =>
      turns.take(id, async () => {
        await database.kept(() => {
          const row = required(portForwards.get(id), noun, id);
          guardRevision(row, noun, options.revision);
          guardUnprotected(row, `${noun} ${forwardKey(row)}`);
          portForwards.delete(id, options.caller ?? administrator);
          store.blocks.follow(row);
          store.blocks.tidy();
        });
        await reconciler.portForward(id);
      }),
  };

  function insert(
    body: z.output<typeof createSchema>,
    claim: (id: string) => void,
    caller: Caller,
  ): PortForwardRow {
    const project = required(projects.get(body.projectId), "project", body.projectId, "/projectId");
    guardQuota(store, project, "portForwards");
    guardShape(body);
    guardTarget(store, project.id, body.instanceId);
    store.blocks.guardTarget(store, body);
    guardInternalPort(store, body, "internalPort", caller);
    const row: PortForwardRow = {
      id: newId("fwd"),
      ...body,
      ...giveExternalPort(store, settings, body, caller),
      revision: 1,
      createdAt: new Date().toISOString(),
    };
    portForwards.insert(row, caller);
    claim(row.id);
    return row;
  }

  /** Opens a new forward; one that cannot be opened leaves neither row nor key, and says why. */
  async function openOrUndo(row: PortForwardRow, caller: Caller): Promise<Error | undefined> {
    try {
      await reconciler.portForward(row.id);
      return undefined;
    } catch (error) {
      await database.kept(() => {
        portForwards.delete(row.id, caller, { note: "taken back: it could not be opened" });
        store.idempotencyKeys.release(row.id);
      });
      await reconciler.settlePortForward(row.id);
      return error as Error;
    }
  }

  function change(
    row: PortForwardRow,
    body: z.output<typeof patchSchema>,
    revision: number | undefined,
    caller: Caller,
  ) {
    guardRevision(row, noun, revision);
    const changes = changesOf<PortForwardRow>(row, body);
    if (!changes) return undefined;
    const next = { ...row, ...changes };
    guardShape(next);
    if (changes.instanceId) guardTarget(store, row.projectId, changes.instanceId);
    const inside = firstOf(["internalPort", "portCount", "instanceId", "protocol"], changes);
    if (inside && next.instanceId !== null) {
      const target = { ...next, instanceId: next.instanceId };
      store.blocks.guardTarget(store, target);
      guardInternalPort(store, target, inside, caller);
    }
    if (changes.externalIp !== undefined) guardExternalIp(settings, changes.externalIp);
    const outside = firstOf(["externalPort", "portCount", "externalIp", "protocol"], changes);
    if (outside) guardExternalPort(store, settings, next, outside, caller);
    portForwards.update(row.id, changes, caller);
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
      ...reconciler.portForwardStatus(row),
      statistics: info.capabilities.statistics ? reconciler.portForwardStatistics(row.id) : null,
    };
  }
}

/** A forward is found by each port that it covers. */
const conditions = {
  externalPort: (port: number) => ({ sql: `id IN (${externalHolders})`, values: [port] }),
};

/** @throws PlatformError `invalid_argument` when the forward's own fields do not fit together */
function guardShape(forward: Parameters<typeof forwardProblem>[0]): void {
  const problem = forwardProblem(forward);
  if (problem) {
    throw new PlatformError("invalid_argument", problem.message, { field: pointerTo(problem.path) });
  }
}

/** The first of some fields that a change has, to point at when the change is refused. */
function firstOf<F extends string>(fields: readonly F[], changes: object): F | undefined {
  return fields.find((field) => field in changes);
}

/** A program of the host sits on the port, or keeps it for the privileged. */
function isHostCollision(error: Error): boolean {
  return ["EADDRINUSE", "EACCES"].includes((error as NodeJS.ErrnoException).code ?? "");
}

function unavailable(row: PortForwardRow, cause: unknown): unknown {
  if (cause instanceof PlatformError) return cause;
  const span = { first: row.externalPort, count: row.portCount };
  const code = (cause as NodeJS.ErrnoException).code;
  return new PlatformError(
    "external_port_unavailable",
    `${portsText(row.protocol, span)} of ${row.externalIp} cannot be opened on the platform's host` +
      `${code === undefined ? "" : ` (${code})`}: ${(cause as Error).message}.`,
    { field: "/externalPort", cause },
  );
}
