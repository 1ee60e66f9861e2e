import type { Overview } from "../../contract";
import { forwardKey, type PortSpan, spanText } from "../../contract/port-range";
import type { Check, Look, PreflightFinding } from "./check";
import { counterpartsIn } from "./counterparts";
import { type DeclaredItem, isUnknown } from "./declared";
import { type ItsProject, projectFinder } from "./project-of";

type Held = Overview["portForwards"][number];

const chooseAnother = "Choose another `externalPort`, or leave it out: then the platform assigns one.";

/** External ports that are chosen, but outside of the platform's range, or held by a forward that is not the stack's. */
export const heldPorts: Check = (look) => {
  const findings: PreflightFinding[] = [];
  const unchecked: string[] = [];
  const projectOf = projectFinder(look);
  const counterparts = counterpartsIn(look);
  const holderOf = holders(look.overview);
  const { from, to } = look.overview.info.externalPorts;
  for (const item of look.declared.portForwards) {
    const { external_port: port, port_count: count = 1, protocol, external_ip: ip } = item.values;
    if (port === undefined) continue;
    if (typeof port !== "number" || typeof count !== "number" || isUnknown(protocol) || item.count !== 1) {
      unchecked.push("external_port");
      continue;
    }
    const span = { first: port, count };
    const error = (problem: string, fix = chooseAnother) =>
      findings.push({ construct: item.construct, level: "error", problem, fix });
    if (port < from || port + count - 1 > to) {
      error(`externalPort is ${spanText(span)}, but the platform forwards ports ${from} to ${to}.`);
      continue;
    }
    const project = projectOf(item);
    const address = isUnknown(ip) ? undefined : (ip ?? defaultAddress(look, item, project));
    if (address === undefined && !isNew(project)) unchecked.push("external_ip");
    if (typeof address !== "string") continue;
    const holder = holderOf(address, protocol as string, span);
    if (!holder || isOwn(look, holder)) continue;
    const known = counterparts.portForwards(item);
    if (item.importKey !== undefined && known?.includes(holder)) continue;
    const problem = `externalPort ${spanText(span)}/${protocol} of ${address} is held by ${describeHolder(look, holder)}`;
    if (known?.includes(holder) || mayBeIt(item, project, holder, known)) {
      findings.push({
        construct: item.construct,
        level: "warning",
        problem: `${problem}. It leads to the same port, so it may be this one.`,
        fix: `If the state does not have it, take it over: importFrom: "${forwardKey(holder)}".`,
      });
    } else {
      error(
        `${problem}.`,
        `${chooseAnother} Free nearby: ${freeNearby(look, address, protocol as string, span, holderOf)}.`,
      );
    }
  }
  return { findings, unchecked };
};

const isNew = (project: ItsProject | undefined): boolean =>
  project?.declared !== undefined && project.existing === undefined;

/** Of a forward that chooses a port and no address it is the first of its project. */
function defaultAddress(
  { overview }: Look,
  item: DeclaredItem,
  project: ItsProject | undefined,
): string | undefined {
  if (project?.existing) return project.existing.externalIps[0];
  const shared = overview.info.sharedExternalIps && (isNew(project) || isUnknown(item.values.project_id));
  return shared ? overview.projects[0]?.externalIps[0] : undefined;
}

type HolderOf = (address: string, protocol: string, span: PortSpan) => Held | undefined;

function holders({ portForwards }: Overview): HolderOf {
  const byPort = new Map<string, Map<number, Held>>();
  for (const forward of portForwards) {
    const place = `${forward.externalIp} ${forward.protocol}`;
    const ports = byPort.get(place) ?? new Map<number, Held>();
    byPort.set(place, ports);
    for (let i = 0; i < forward.portCount; i++) ports.set(forward.externalPort + i, forward);
  }
  return (address, protocol, { first, count }) => {
    const ports = byPort.get(`${address} ${protocol}`);
    for (let i = 0; ports && i < count; i++) {
      const holder = ports.get(first + i);
      if (holder) return holder;
    }
    return undefined;
  };
}

/** What bears the stack's own mark is what an apply has made, or what this one destroys. */
const isOwn = ({ mark }: Look, { ownershipId }: Held): boolean => mark === undefined || ownershipId === mark;

/**
 * Whether a holder that is none of the known counterparts can still be the declared one: where only Terraform knows
 * these, or where it bears no mark. Then no other stack has made it, and if this one has taken it over, its instance may
 * have got another name since.
 */
function mayBeIt(
  { values }: DeclaredItem,
  project: ItsProject | undefined,
  holder: Held,
  known: readonly Held[] | undefined,
): boolean {
  if (known && holder.ownershipId !== null) return false;
  const canBe = (value: unknown, its: unknown) => isUnknown(value) || value === its;
  return (
    project?.existing?.id === holder.projectId &&
    canBe(values.instance_id, holder.instanceId) &&
    canBe(values.internal_port, holder.internalPort)
  );
}

function describeHolder({ overview }: Look, { id, projectId, instanceId, ownershipId }: Held): string {
  const project = overview.projects.find((candidate) => candidate.id === projectId)?.name ?? projectId;
  const instance = overview.instances.find((candidate) => candidate.id === instanceId)?.name;
  const target = instance === undefined ? "detached" : `to instance ${instance}`;
  const mark = ownershipId === null ? "" : `; it bears the mark ${ownershipId}`;
  return `port forward ${id} of project ${project}, ${target}${mark}`;
}

const mostOffered = 3;

function freeNearby(
  { overview }: Look,
  address: string,
  protocol: string,
  { first, count }: PortSpan,
  holderOf: HolderOf,
): string {
  const { from, to } = overview.info.externalPorts;
  const free: string[] = [];
  for (let port = first + 1; port + count - 1 <= to && free.length < mostOffered; port++) {
    if (!holderOf(address, protocol, { first: port, count })) free.push(spanText({ first: port, count }));
  }
  for (let port = first - 1; port >= from && free.length < mostOffered; port--) {
    if (!holderOf(address, protocol, { first: port, count })) free.push(spanText({ first: port, count }));
  }
  return free.join(", ") || "none";
}
