import {
  type Administration,
  type AuditEntry,
  administrator,
  type Block,
  BlockCreate,
  type Caller,
  type CallOptions,
  collections,
  guardRole,
  guardWholePlatform,
  type Platform,
  parse,
  required,
} from "../contract";
import { hopsOf } from "./explanation";
import type { Reconciler } from "./reconciler";
import type { PortForwardRow, Store } from "./store";
import type { Tokens } from "./token";

const { noun } = collections.portForwards;

/**
 * What administrators do with the platform: tokens, blocks, the audit log, and the way of a connection.
 * @param portForwards as callers see them
 */
export function administration(
  store: Store,
  tokens: Tokens,
  reconciler: Reconciler,
  portForwards: Platform["portForwards"],
): Administration {
  const { database, blocks, audit } = store;

  return {
    tokens: tokens.administration,

    blocks: {
      list: async (query, options) => {
        guardAdministrator(options, "list blocks");
        return blocks.list(query);
      },

      create: async (forwardId, input, options) => {
        // Who may not even see it learns no more than that.
        await portForwards.get(forwardId, options);
        const caller = guardAdministrator(options, "block a port forward");
        const { reason } = parse(BlockCreate, input);
        await database.kept(() => {
          const row = required(store.portForwards.get(forwardId), noun, forwardId);
          const before = blocks.get(forwardId);
          recordBlock("block", row, before?.reason ?? null, reason, caller);
          const at = before?.at ?? new Date().toISOString();
          // Of a new reason the target stays: its owner may have led the forward elsewhere meanwhile.
          blocks.put({ ...(before ?? blockOf(row)), reason, at, callerName: caller.name });
        });
        await reconciler.portForward(forwardId);
        return portForwards.get(forwardId, options);
      },

      delete: async (forwardId, options) => {
        const caller = guardAdministrator(options, "lift a block");
        await database.kept(() => {
          const block = blocks.get(forwardId);
          const row = store.portForwards.get(forwardId);
          if (!block) return void required(row, noun, forwardId);
          if (row) recordBlock("unblock", row, block.reason, null, caller);
          else recordUnblockOfGone(block, caller);
          blocks.remove(forwardId);
        });
        await reconciler.settlePortForward(forwardId);
      },
    },

    audit: async (query = {}, { caller = administrator } = {}) => {
      guardRole(caller, "admin", "read the audit log");
      const { projectId } = caller;
      if (projectId === null) return audit.list(query);
      const page = audit.list({ ...query, projectId });
      return (query.projectId ?? projectId) === projectId ? page : { items: [], nextCursor: null };
    },

    explain: async (forwardId, options) => {
      const forward = await portForwards.get(forwardId, options);
      const [entry] = audit.list({ entityId: forwardId, limit: 1 }).items;
      const lastChange = entry && visibleTo(options?.caller ?? administrator, entry);
      return { forward, hops: await hopsOf(forward, lastChange, store, reconciler) };
    },
  };

  /** A block is a change of the forward: whoever decided on an earlier revision did not know of it. */
  function recordBlock(
    action: "block" | "unblock",
    { id, revision }: PortForwardRow,
    from: string | null,
    to: string | null,
    by: Caller,
  ): void {
    const besides = { blocked: { from, to } };
    store.portForwards.update(id, { revision: revision + 1 }, by, { action, besides });
  }

  function recordUnblockOfGone({ forwardId: id, projectId, reason }: Block, by: Caller): void {
    const entity = { id, name: id, projectId };
    audit.record({ by, action: "unblock", noun, entity, changes: { blocked: { from: reason, to: null } } });
  }
}

/** @throws PlatformError `forbidden` to everybody else */
function guardAdministrator({ caller = administrator }: CallOptions = {}, what: string): Caller {
  guardRole(caller, "admin", what);
  guardWholePlatform(caller, what);
  return caller;
}

/** Who changed something, and from where, is for those who may read the audit log. */
function visibleTo({ role }: Caller, entry: AuditEntry): AuditEntry {
  return role === "admin" ? entry : { ...entry, callerName: "somebody", address: null, requestId: null };
}

/** What is closed: the forward, and where it leads. */
function blockOf({ id: forwardId, ...row }: PortForwardRow): Omit<Block, "reason" | "at" | "callerName"> {
  const { projectId, instanceId, protocol, internalPort, portCount } = row;
  return { forwardId, projectId, instanceId, protocol, internalPort, portCount };
}
