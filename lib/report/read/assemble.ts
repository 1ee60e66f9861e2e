import { exposureOf, type Openness, servicesOf } from "../exposure";
import {
  type FieldChange,
  type Reported,
  type ReportedForward,
  type ReportedInstance,
  type ReportedProject,
  remains,
  type SourceKind,
  type StackReport,
} from "../report";
import { hidden, isKnown, later, type Shown } from "../shown";
import { type Attributes, type ReadObject, type ReadStack, withoutKeys } from "./object";

/** When and from what a report is made. */
export interface Assembly {
  readonly source: SourceKind;
  readonly name: string;
  /** Now, ms since the epoch: what has expired is closed. */
  readonly now: number;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };
type Project = Mutable<ReportedProject> & { instances: Instance[] };
type Instance = Mutable<ReportedInstance> & { forwards: ReportedForward[] };

/** Brings forwards to their instances, and those to their projects, by reference or by id. */
export function assemble(stack: ReadStack, { source, name, now }: Assembly): StackReport {
  const directory = new Directory(stack.objects);
  const projects = new Map<string, Project>();
  const instances = new Map<string, Instance>();
  const projectOf = (object: ReadObject): Project => {
    const found = directory.find(object, "project");
    return kept(projects, found?.address ?? directory.named(object, "project"), (key) => ({
      name: nameOf(found, key),
      own: found?.managed ? reported(found) : undefined,
      instances: [],
    }));
  };
  const instanceAt = (key: string, object: ReadObject | undefined, project: () => Project): Instance =>
    kept(instances, key, () => {
      const instance: Instance = {
        name: nameOf(object, key),
        privateIp: object ? shown(object.values.private_ip, later) : later,
        own: object?.managed ? reported(object) : undefined,
        forwards: [],
      };
      project().instances.push(instance);
      return instance;
    });
  const ofType = (type: string) => stack.objects.filter((object) => object.managed && object.type === type);
  for (const project of ofType("fairlead_project")) {
    kept(projects, project.address, (key) => ({
      name: nameOf(project, key),
      own: reported(project),
      instances: [],
    }));
  }
  for (const instance of ofType("fairlead_instance")) {
    instanceAt(instance.address, instance, () => projectOf(instance));
  }
  for (const forward of ofType("fairlead_port_forward")) {
    const found = directory.find(forward, "instance");
    const key = found?.address ?? directory.named(forward, "instance");
    const instance = instanceAt(key, found, () => projectOf(forward));
    instance.forwards.push(reportedForward(forward, instance, now));
  }
  for (const { forwards } of instances.values()) forwards.sort(byPort);
  const sorted = [...projects.values()].sort(byName);
  for (const project of sorted) project.instances.sort(byName);
  return { name, source, projects: sorted, remarks: stack.remarks, otherChanges: stack.otherChanges };
}

/** Finds what an object's `project_id` or `instance_id` means. */
class Directory {
  readonly #byAddress = new Map<string, ReadObject[]>();
  readonly #byId = new Map<string, ReadObject>();

  constructor(objects: readonly ReadObject[]) {
    for (const object of objects) {
      const plain = withoutKeys(object.address);
      this.#byAddress.set(plain, [...(this.#byAddress.get(plain) ?? []), object]);
      if (typeof object.values.id === "string") this.#byId.set(object.values.id, object);
      if (typeof object.before?.id === "string") this.#byId.set(object.before.id, object);
    }
  }

  find(object: ReadObject, noun: "project" | "instance"): ReadObject | undefined {
    const id = object.values[`${noun}_id`];
    const byId = typeof id === "string" ? this.#byId.get(id) : undefined;
    if (byId?.type === `fairlead_${noun}`) return byId;
    const reference = object.references[`${noun}_id`];
    const candidates = reference === undefined ? [] : (this.#byAddress.get(reference) ?? []);
    if (candidates.length <= 1) return candidates[0];
    // Of several, the one of the same key: `web["a"]` of `ssh["a"]`.
    return candidates.find(({ address }) => keyOf(address) === keyOf(object.address));
  }

  /** What else there is to tell it by. */
  named(object: ReadObject, noun: "project" | "instance"): string {
    const id = object.values[`${noun}_id`];
    if (typeof id === "string") return id;
    return id === null || (id === undefined && noun === "instance") ? "(no instance)" : "(known after apply)";
  }
}

const keyOf = (address: string): string => /\[[^\]]*\]$/.exec(address)?.[0] ?? "";

function kept<T>(map: Map<string, T>, key: string, make: (key: string) => T): T {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = make(key);
  map.set(key, made);
  return made;
}

function nameOf(object: ReadObject | undefined, key: string): string {
  const name = object?.values.name;
  if (typeof name === "string") return name;
  if (object === undefined) return key;
  return object.constructPath?.split("/").at(-1) ?? withoutKeys(object.address).split(".").at(-1)!;
}

function reported(object: ReadObject): Reported {
  const { address, constructPath, change, policy } = object;
  return { address, constructPath, change, fields: fieldsOf(object), policy };
}

/** Not what the platform makes of it. */
const derived = new Set([
  "status",
  "effective_labels",
  "created_at",
  "revision",
  "socket_address",
  "timeouts",
  "id",
]);

/** Never read: what is told to an instance at its first start. */
const secret = /^user_data/;

function fieldsOf({ change, before, values }: ReadObject): FieldChange[] {
  if ((change !== "change" && change !== "replace") || before === undefined) return [];
  return [...new Set([...Object.keys(before), ...Object.keys(values)])]
    .filter((name) => !derived.has(name) && !secret.test(name))
    .filter((name) => isKnown(values[name]) || values[name] === hidden)
    .filter((name) => !same(before[name], values[name]))
    .map((name) => ({ field: name, before: before[name] ?? null, after: values[name] ?? null }));
}

const same = (one: unknown, other: unknown): boolean =>
  one === other || (plain(one) === plain(other) && typeof one !== "symbol" && typeof other !== "symbol");
const plain = (value: unknown): string =>
  JSON.stringify(value ?? null, (_, inner) => (typeof inner === "symbol" ? inner.toString() : inner));

function shown<T>(value: unknown, missing: Shown<T>): Shown<T> {
  return value === undefined || value === null ? missing : (value as Shown<T>);
}

function openness({ enabled, ...values }: Attributes): Openness {
  return {
    protocol: shown(values.protocol, later),
    internalPort: shown(values.internal_port, later),
    portCount: shown(values.port_count, 1),
    allowedCidrs: shown(values.allowed_cidrs, []),
    expiresAt: shown<string | null>(values.expires_at, null),
    enabled: shown(enabled, true),
    status: shown<string>(values.status, later),
  };
}

function reportedForward(object: ReadObject, instance: Instance, now: number): ReportedForward {
  const { values, before, copies } = object;
  const open = openness(values);
  return {
    ...reported(object),
    ...open,
    externalIp: shown(values.external_ip, later),
    externalPort: shown(values.external_port, later),
    internalIp: shown(values.internal_ip, instance.privateIp),
    description: shown(values.description, ""),
    services: servicesOf(open).map(({ name }) => name),
    exposure: exposureOf(open, now),
    exposureBefore: before && remains(object) ? exposureOf(openness(before), now) : undefined,
    copies,
  };
}

const byName = (one: { readonly name: string }, other: { readonly name: string }): number =>
  one.name.localeCompare(other.name, "en", { numeric: true });

const byPort = (one: ReportedForward, other: ReportedForward): number => portOf(one) - portOf(other);
const portOf = ({ internalPort }: ReportedForward): number => (isKnown(internalPort) ? internalPort : 65_536);
