import type { Overview } from "../../contract";
import { parseForwardKey, parseInstanceKey } from "../../contract/natural-key";
import { forwardKey } from "../../contract/port-range";
import type { Look } from "./check";
import { type DeclaredItem, isUnknown } from "./declared";
import { projectFinder, referredTo } from "./project-of";

type Instance = Overview["instances"][number];
type Forward = Overview["portForwards"][number];

/**
 * What is on the platform that something declared can be, since an apply has made it or taken it over; undefined where
 * only Terraform knows. Marks do not count: what was taken over bears none of ours, and a stack that got another name
 * has left its mark on what it made before.
 */
export interface Counterparts {
  /** Those of the same name in the project. */
  instances(item: DeclaredItem): readonly Instance[] | undefined;
  /** Those that lead to the same port of the same instance. */
  portForwards(item: DeclaredItem): readonly Forward[] | undefined;
}

/** Finds the counterparts of what is declared, also of thousands: nothing is searched through. */
export function counterpartsIn(look: Look): Counterparts {
  const { declared, overview } = look;
  const projectOf = projectFinder(look);
  const imported = importedIn(overview);
  const declaredAt = new Map(declared.instances.map((item) => [item.address, item]));
  const named = grouped(overview.instances, ({ projectId, name }) => `${projectId} ${name}`);
  const leading = grouped(
    overview.portForwards,
    ({ instanceId, protocol, internalPort }) => `${instanceId} ${protocol} ${internalPort}`,
  );

  const instances = (item: DeclaredItem) => {
    const taken = imported.instances(item.importKey);
    if (taken.length > 0) return taken;
    const project = projectOf(item);
    const { name } = item.values;
    if (!project || isUnknown(name)) return undefined;
    return project.existing ? (named.get(`${project.existing.id} ${name}`) ?? []) : [];
  };
  const targetsOf = ({ values: { instance_id: id } }: DeclaredItem) => {
    if (typeof id !== "string") return undefined;
    if (!isUnknown(id)) return [id];
    const target = declaredAt.get(referredTo(id) ?? "");
    return target && instances(target)?.map((instance) => instance.id);
  };
  const portForwards = (item: DeclaredItem) => {
    const taken = imported.portForwards(item.importKey);
    if (taken.length > 0) return taken;
    const { protocol, internal_port: port } = item.values;
    const targets = targetsOf(item);
    if (!targets || isUnknown(protocol) || isUnknown(port)) return undefined;
    return targets.flatMap((id) => leading.get(`${id} ${protocol} ${port}`) ?? []);
  };
  return { instances, portForwards };
}

/** What keys of imports name; nothing for a key that fits no longer, as after a change of the name. */
function importedIn({ projects, instances, portForwards }: Overview) {
  const projectIds = new Map(projects.flatMap(({ id, name }) => [id, name].map((key) => [key, id] as const)));
  const instancesBy = grouped(
    instances,
    ({ id }) => id,
    ({ projectId, name }) => `${projectId}/${name}`,
  );
  const forwardsBy = grouped(portForwards, ({ id }) => id, forwardKey);
  return {
    instances(key = ""): readonly Instance[] {
      const parts = parseInstanceKey(key);
      const own = parts ? `${projectIds.get(parts.project)}/${parts.name}` : key;
      return instancesBy.get(own) ?? [];
    },
    portForwards(key = ""): readonly Forward[] {
      const parts = parseForwardKey(key);
      return forwardsBy.get(parts ? forwardKey(parts) : key) ?? [];
    },
  };
}

/** Things by each of their keys. */
function grouped<T>(things: readonly T[], ...keysOf: readonly ((thing: T) => string)[]): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const thing of things) {
    for (const keyOf of keysOf) {
      const key = keyOf(thing);
      const group = groups.get(key);
      if (group) group.push(thing);
      else groups.set(key, [thing]);
    }
  }
  return groups;
}
