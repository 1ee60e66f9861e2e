import { required } from "./change";
import { PlatformError } from "./errors";
import { forwardProblem } from "./forward-problem";
import { forwardHolder } from "./holder";
import type { Instance } from "./instance";
import { type PortRange, spansNearby } from "./port-assignment";
import {
  type ExternalAsker,
  externalPortOutOfRange,
  externalPortTaken,
  type InternalAsker,
  internalPortTaken,
  projectMismatch,
  unknownExternalIp,
} from "./port-conflict";
import type { PortForward } from "./port-forward";
import { overlap, type PortSpan } from "./port-range";
import type { Project } from "./project";
import { pointerTo } from "./validation";

/** What a platform has, as far as the rules of a forward go. */
export interface Surroundings {
  /** All of them, or at least the forward's own. */
  readonly projects: readonly Project[];
  /** All of them, or at least those of the project. */
  readonly instances: readonly Instance[];
  /** All of them: external ports are shared by all projects. */
  readonly portForwards: readonly PortForward[];
  /** External ports that forwards can have. */
  readonly ports: PortRange;
}

/** A forward as it is to be; without an external port or address, the platform chooses. */
export type WantedForward = Pick<
  PortForward,
  "projectId" | "instanceId" | "protocol" | "internalPort" | "portCount"
> &
  Partial<Pick<PortForward, "externalPort" | "externalIp" | "proxyProtocol">>;

/**
 * The rules of a new or changed forward, for platforms that have all that there is at hand: its instance is one of its
 * project, its address one of the project's, its external ports are in the range and nobody else's, and no port of an
 * instance is forwarded twice.
 * @param before what is changed; undefined for a new one
 * @throws PlatformError `invalid_argument`, `project_mismatch`, `unknown_external_ip`, `external_port_out_of_range`,
 * `external_port_taken` or `internal_port_taken`
 */
export function guardForward(wanted: WantedForward, around: Surroundings, before?: PortForward): void {
  const problem = forwardProblem(wanted);
  if (problem)
    throw new PlatformError("invalid_argument", problem.message, { field: pointerTo(problem.path) });
  const { projectId, instanceId, protocol, portCount: count } = wanted;
  const project = required(
    around.projects.find(({ id }) => id === projectId),
    "project",
    projectId,
    "/projectId",
  );
  if (instanceId !== null) {
    const instance = around.instances.find(({ id }) => id === instanceId);
    const { projectId: owner } = required(instance, "instance", instanceId, "/instanceId");
    if (owner !== projectId) throw projectMismatch(instance!, projectId);
  }
  const externalIp = wanted.externalIp ?? project.externalIps[0]!;
  if (!project.externalIps.includes(externalIp)) throw unknownExternalIp(externalIp, project.externalIps);
  const rivals = around.portForwards.filter(
    (other) => other.protocol === protocol && other.id !== before?.id,
  );
  const holderOf = (forward: PortForward) =>
    forwardHolder(
      forward,
      around.projects.find(({ id }) => id === forward.projectId)?.name ?? forward.projectId,
      around.instances.find(({ id }) => id === forward.instanceId)?.name ?? null,
    );

  const asker = <F extends keyof WantedForward>(fields: readonly [F, ...F[]]): F =>
    (before && fields.find((field) => wanted[field] !== before[field])) ?? fields[0];
  if (wanted.externalPort !== undefined) {
    const { ports } = around;
    const span = { first: wanted.externalPort, count };
    const outside = rivals.filter((other) => other.externalIp === externalIp);
    const holder = (at: PortSpan) => outside.find((other) => overlap(externalSpan(other), at));
    const highest = (at: PortSpan) => {
      const taken = holder(at);
      return taken && taken.externalPort + taken.portCount - 1;
    };
    const field = asker<ExternalAsker>(["externalPort", "portCount", "externalIp", "protocol"]);
    const free = () => spansNearby(ports, span.first, count, highest, 3);
    if (span.first < ports.from || span.first + count - 1 > ports.to) {
      throw externalPortOutOfRange(span, ports, free(), field);
    }
    const taken = holder(span);
    if (taken) {
      const by = { ...holderOf(taken), count: taken.portCount };
      throw externalPortTaken({ protocol, span, externalIp }, by, free(), field);
    }
  }
  if (instanceId === null) return;
  const span = { first: wanted.internalPort, count };
  const taken = rivals.find((other) => other.instanceId === instanceId && overlap(internalSpan(other), span));
  if (!taken) return;
  const field = asker<InternalAsker>(["internalPort", "portCount", "instanceId", "protocol"]);
  throw internalPortTaken(
    { protocol, span, instanceId },
    { ...holderOf(taken), held: internalSpan(taken) },
    field,
  );
}

const externalSpan = ({ externalPort: first, portCount: count }: PortForward): PortSpan => ({ first, count });
const internalSpan = ({ internalPort: first, portCount: count }: PortForward): PortSpan => ({ first, count });
