import { hostText, type Instance, type PortForward, type Project } from "../contract";
import type { PlainApi, PlainForward, PlainInstance, PlainProject } from "./api";
import { type Memo, readMemo } from "./memo";

/** All that there is, as entities, and the memo of each by collection and id. */
export interface Everything {
  readonly projects: readonly Project[];
  readonly instances: readonly Instance[];
  readonly portForwards: readonly PortForward[];
  memoOf(name: PlainName, id: string): Memo;
}

/** A collection that has memos. */
export type PlainName = "projects" | "instances" | "portForwards";

/** Reads all that there is: three requests, whatever is asked of it. */
export async function readEverything(api: PlainApi): Promise<Everything> {
  const [projects, instances, portForwards] = await Promise.all([
    api.projects.list(),
    api.instances.list(),
    api.portForwards.list(),
  ]);
  const lists = { projects, instances, portForwards };
  const entities = instances.map(instanceOf);
  return {
    projects: projects.map(projectOf),
    instances: entities,
    portForwards: portForwards.map((forward) => portForwardOf(forward, entities)),
    memoOf: (name, id) => readMemo(lists[name].find((thing) => thing.id === id)?.memo ?? ""),
  };
}

function shown(memo: string): Pick<Project, "description" | "labels" | "ownershipId" | "revision"> {
  const { description, labels, ownershipId, revision } = readMemo(memo);
  return { description, labels, ownershipId, revision };
}

const projectOf = ({ memo, ...project }: PlainProject): Project => ({
  instanceQuota: null,
  portForwardQuota: null,
  ...project,
  ...shown(memo),
});

const instanceOf = ({ memo, ...instance }: PlainInstance): Instance => ({
  sshKeys: [],
  deletionProtection: false,
  ...instance,
  ...shown(memo),
});

function portForwardOf({ memo, ...forward }: PlainForward, instances: readonly Instance[]): PortForward {
  const instance = instances.find(({ id }) => id === forward.instanceId);
  return {
    portCount: 1,
    allowedCidrs: [],
    proxyProtocol: false,
    expiresAt: null,
    enabled: true,
    deletionProtection: false,
    statistics: null,
    internalIp: instance?.privateIp ?? null,
    socketAddress: `${hostText(forward.externalIp)}:${forward.externalPort}`,
    status: instance ? "active" : "detached",
    statusReason: null,
    ...forward,
    instanceId: instance?.id ?? null,
    ...shown(memo),
  };
}
