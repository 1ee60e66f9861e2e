import {
  type Caller,
  foreignHolder,
  forwardHolder,
  type Holder,
  type InternalAsker,
  internalPortTaken,
  projectMismatch,
  required,
} from "../contract";
import { internalHolder } from "./held-ports";
import type { PortForwardRow, Store } from "./store";

/**
 * Lets a forward target an instance of its own project only.
 * @throws PlatformError `invalid_argument` or `project_mismatch`
 */
export function guardTarget(store: Store, projectId: string, instanceId: string): void {
  const instance = required(store.instances.get(instanceId), "instance", instanceId, "/instanceId");
  if (instance.projectId !== projectId) throw projectMismatch(instance, projectId);
}

/**
 * Lets each port of an instance be forwarded once.
 * @throws PlatformError `internal_port_taken`
 */
export function guardInternalPort(
  store: Store,
  wanted: Pick<PortForwardRow, "protocol" | "internalPort" | "portCount"> & {
    readonly id?: string;
    readonly instanceId: string;
  },
  /** Which field has asked for it. */
  asker: InternalAsker,
  caller: Caller,
): void {
  const span = { first: wanted.internalPort, count: wanted.portCount };
  const row = internalHolder(store, wanted, span, wanted.id);
  if (!row) return;
  const held = { first: row.internalPort, count: row.portCount };
  throw internalPortTaken({ ...wanted, span }, { ...holderOf(store, row, caller), held }, asker);
}

/** A forward as the holder of a port, by the names that people know, as far as the caller may know them. */
export function holderOf({ instances, projects }: Store, row: PortForwardRow, { projectId }: Caller): Holder {
  if (projectId !== null && projectId !== row.projectId) return foreignHolder;
  const instance = row.instanceId === null ? undefined : instances.get(row.instanceId);
  return forwardHolder(row, projects.get(row.projectId)!.name, instance?.name ?? null);
}
