import { PlatformError, spanText } from "../contract";
import { required } from "./change";
import { portsText } from "./external-port";
import { internalHolder } from "./held-ports";
import { forwardHolder } from "./holder";
import type { PortForwardRow, Store } from "./store";

/**
 * Lets a forward target an instance of its own project only.
 * @throws PlatformError `invalid_argument` or `project_mismatch`
 */
export function guardTarget(store: Store, projectId: string, instanceId: string): void {
  const instance = required(store.instances.get(instanceId), "instance", instanceId, "/instanceId");
  if (instance.projectId === projectId) return;
  throw new PlatformError(
    "project_mismatch",
    `The instance ${instance.name} (${instance.id}) belongs to another project than the forward (${projectId}).`,
    { field: "/instanceId" },
  );
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
  asker: "internalPort" | "portCount" | "instanceId" | "protocol",
): void {
  const span = { first: wanted.internalPort, count: wanted.portCount };
  const row = internalHolder(store, wanted, span, wanted.id);
  if (!row) return;
  const holder = forwardHolder(store, row);
  const asked = `${portsText(wanted.protocol, span)} of instance ${holder.details.instanceName} (${wanted.instanceId})`;
  const held = { first: row.internalPort, count: row.portCount };
  const already =
    span.count === 1 && held.count === 1
      ? "is forwarded already"
      : `overlap ${spanText(held)}, which is forwarded already`;
  throw new PlatformError(
    "internal_port_taken",
    `${asked} ${already}, from ${holder.details.key}: ${holder.text}.`,
    { field: `/${asker}`, details: holder.details },
  );
}
