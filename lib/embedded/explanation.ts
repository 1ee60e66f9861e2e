import { connect } from "node:net";
import {
  type AuditEntry,
  type Explanation,
  type Hop,
  hostText,
  letInEveryone,
  type PortForward,
  portsText,
} from "../contract";
import type { Refusal } from "./gateway";
import type { Reconciler } from "./reconciler";
import type { Store } from "./store";

/** An instance next door answers at once, or not at all. */
const answerWithinMs = 2_000;

/** What becomes of a connection to a forward: from outside to inside, then what happened last. */
export async function hopsOf(
  forward: PortForward,
  lastChange: AuditEntry | undefined,
  { projects, instances }: Store,
  reconciler: Reconciler,
): Promise<Explanation["hops"]> {
  const { projectId, ownershipId, revision } = forward;
  const project = projects.get(projectId)!.name;
  const instance = forward.instanceId === null ? undefined : instances.get(forward.instanceId);
  const hops: Hop[] = [
    hop("row", isOpenByRow(forward), `${rowText(forward)} (revision ${revision}).`),
    hop(
      "owner",
      null,
      ownershipId === null
        ? `Project ${project}; no ownership mark: no code owns it.`
        : `Project ${project}; it bears the ownership mark ${ownershipId}.`,
    ),
    listenerHop(forward, reconciler.isListening(forward.id)),
    hop("sources", forward.allowedCidrs.length > 0 ? null : true, sourcesText(forward)),
  ];
  if (!instance) hops.push(hop("instance", false, "None: the one that it led to is gone. Give it another."));
  else {
    const status = reconciler.instanceStatus(instance.id);
    hops.push(hop("instance", status === "active", `${instance.name} (${instance.id}) is ${status}.`));
    hops.push(await guestPortHop(forward, instance.privateIp));
  }
  return [...hops, useHop(forward), refusalHop(reconciler.lastRefusal(forward.id)), changeHop(lastChange)];
}

const hop = (name: Hop["name"], ok: boolean | null, text: string): Hop => ({ name, ok, text });

const isOpenByRow = ({ status }: PortForward): boolean => status === "active" || status === "error";

function rowText({ status, statusReason, expiresAt }: PortForward): string {
  if (status === "blocked") return String(statusReason).replace(/\.$/, "");
  if (statusReason !== null) return `${status}: ${statusReason}`;
  if (status === "expired") return `expired since ${expiresAt}`;
  return expiresAt === null ? status : `${status}, until ${expiresAt}`;
}

function listenerHop(forward: PortForward, listening: boolean): Hop {
  const { protocol, externalIp, externalPort, portCount } = forward;
  const ports = `${portsText(protocol, { first: externalPort, count: portCount })} of ${externalIp}`;
  return listening
    ? hop("listener", true, `The gateway listens at ${ports}.`)
    : hop("listener", false, `The gateway does not listen at ${ports}.`);
}

function sourcesText({ allowedCidrs }: PortForward): string {
  if (allowedCidrs.length === 0) return "Everyone may connect.";
  const open = letInEveryone(allowedCidrs) ? ", which together are everyone" : "";
  return `Only ${allowedCidrs.join(", ")} may connect${open}.`;
}

async function guestPortHop({ protocol, internalPort }: PortForward, host: string): Promise<Hop> {
  const at = `${hostText(host)}:${internalPort}/${protocol}`;
  if (protocol === "udp")
    return hop("guest port", null, `${at}; whether something listens cannot be seen of UDP.`);
  const failure = await connectionFailure(host, internalPort);
  return failure === undefined
    ? hop("guest port", true, `${at} answers.`)
    : hop("guest port", false, `${at} does not answer (${failure}): does the service run, and listen there?`);
}

/** Undefined where the connection comes about. */
function connectionFailure(host: string, port: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    const end = (failure: string | undefined) => {
      clearTimeout(timer);
      socket.destroy();
      resolve(failure);
    };
    const timer = setTimeout(() => end("no answer"), answerWithinMs);
    socket.once("connect", () => end(undefined));
    socket.once("error", ({ code, message }: NodeJS.ErrnoException) => end(code ?? message));
  });
}

function useHop({ statistics }: PortForward): Hop {
  if (!statistics) return hop("last use", null, "Not counted.");
  const { lastUsedAt, openConnections, totalConnections, refusedConnections } = statistics;
  const counts = `${openConnections} open, ${totalConnections} in all, ${refusedConnections} refused`;
  return hop("last use", null, lastUsedAt === null ? `Never (${counts}).` : `${lastUsedAt} (${counts}).`);
}

const refusals: Readonly<Record<Refusal["reason"], string>> = {
  source_not_allowed: "its address is not among the sources",
  instance_refused: "the instance refused it: nothing listens at the guest port",
  instance_timed_out: "the instance did not answer in time",
  instance_unreachable: "the instance cannot be reached",
  gateway_exhausted: "the platform has no file descriptor or local port left",
  too_many_connections: "the forward has as many TCP connections as it may",
  flow_table_full: "the forward has as many UDP conversations as it may",
};

function refusalHop(refusal: Refusal | undefined): Hop {
  if (!refusal) return hop("last refusal", null, "None since its ports were opened.");
  const { at, source = "somebody", reason } = refusal;
  return hop("last refusal", null, `${new Date(at).toISOString()}: ${source}, ${refusals[reason]}.`);
}

function changeHop(entry: AuditEntry | undefined): Hop {
  if (!entry) return hop("last change", null, "Not known: it was before the audit log began.");
  const { at, action, callerName, address, requestId } = entry;
  const from = address === null ? "" : ` from ${address}`;
  const request = requestId === null ? "" : `, request ${requestId}`;
  const fields = Object.keys(entry.changes).join(", ");
  const what = action === "update" && fields ? `update of ${fields}` : action;
  return hop("last change", null, `${at}: ${what} by ${callerName}${from}${request}.`);
}
