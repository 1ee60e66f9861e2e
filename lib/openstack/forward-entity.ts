import { hostText, type PortForward } from "../contract";
import { nobody, sourcesOf } from "./forward-access";
import type { ForwardPages } from "./forward-book";
import { createdAtOf, type ForwardRecord, revisionOf } from "./forward-record";
import { instanceOf } from "./forward-target";

/** A forward as the contract has it. */
export function toPortForward(projectId: string, pages: ForwardPages, record: ForwardRecord): PortForward {
  const port = pages.ports.get(record.portId);
  const isDetached = port !== undefined && port.device_id === "";
  const allowedCidrs = sourcesOf(pages, record);
  const externalIp = record.floatingIp.floating_ip_address;
  return {
    id: record.id,
    projectId,
    instanceId: instanceOf(port),
    protocol: record.protocol,
    internalPort: record.internal.first,
    portCount: record.external.count,
    externalPort: record.external.first,
    externalIp,
    internalIp: isDetached ? null : record.internalIp,
    description: record.description,
    labels: { ...record.mark?.labels },
    allowedCidrs: [...allowedCidrs],
    proxyProtocol: false,
    expiresAt: null,
    enabled: true,
    deletionProtection: record.mark?.deletionProtection ?? false,
    socketAddress: `${hostText(externalIp)}:${record.external.first}`,
    // Neutron has no status of a forward; without its rule nothing reaches the instance.
    status: isDetached ? "detached" : allowedCidrs === nobody ? "error" : "active",
    statusReason:
      !isDetached && allowedCidrs === nobody
        ? "The security group rule that lets its sources in is gone; apply it again."
        : null,
    statistics: null,
    ownershipId: record.mark?.ownershipId ?? null,
    revision: revisionOf(record),
    createdAt: createdAtOf(record),
  };
}
