import { deepStrictEqual as same } from "node:assert";
import { type ErrorCode, type Platform, PlatformError } from "../../../lib/contract";

/** What the platform keeps of an entity; the rest follows from what runs. */
export type Stored = Readonly<Record<string, unknown>> & { readonly id: string; readonly revision: number };

const notStored = ["status", "statusReason", "statistics", "internalIp"];

/** An entity as the platform keeps it. */
export function stored(entity: { readonly id: string; readonly revision: number }): Stored {
  const kept = Object.entries(entity).filter(([field]) => !notStored.includes(field));
  return Object.fromEntries(kept) as Stored;
}

/** What a tenant may do; which of its objects and with what values, its numbers say. */
export const verbs = [
  "makeInstance",
  "makeForward",
  "makeForward",
  "chooseExternalPort",
  "describe",
  "rename",
  "retarget",
  "moveInside",
  "switch",
  "deleteForward",
  "deleteInstance",
  "deleteProject",
  "changeStale",
  "repeat",
] as const;

/** One thing that a tenant does. */
export interface Operation {
  readonly verb: (typeof verbs)[number];
  readonly pick: number;
  readonly value: number;
}

/** A change whose answer has not come: what a key makes, or what objects are afterwards (undefined: gone). */
type Pending =
  | {
      readonly key: string;
      readonly collection: "projects" | "instances" | "portForwards";
      readonly body: object;
    }
  | { readonly after: ReadonlyMap<string, Stored | undefined> };

/** Ports that instances of image `http-hello` answer at, and some that they do not. */
const internalPorts = [8080, 8081, 2222, 9000, 9001, 9002, 9003];
const contestedPorts = 12;

/**
 * A client with one project, who does one thing after another and knows what each has to come to: what the platform
 * answers is compared with it. Tenants share nothing but the external ports.
 */
export class Tenant {
  /** What it has, as the platform acknowledged it. */
  readonly owned = new Map<string, Stored>();
  /** The last things that it did, for whoever looks for the cause of a disagreement. */
  readonly history: string[] = [];
  private pending: Pending | undefined;
  private project: string | undefined;
  private readonly instances = new Set<string>();
  private readonly forwards = new Set<string>();
  private made = 0;
  private lastForward: { readonly key: string; readonly body: object; readonly id: string } | undefined;

  constructor(
    readonly name: string,
    private api: Platform,
    /** Image of its instances, by a number. */
    private readonly image: (value: number) => string,
    /** Ends it between tries. */
    private signal?: AbortSignal,
  ) {}

  /** Goes on with another client, of a platform that has started again. */
  reconnect(api: Platform, signal: AbortSignal): void {
    this.api = api;
    this.signal = signal;
  }

  /** Does something. @throws Error when the platform disagrees; PlatformError `unreachable` when it is gone */
  async step(operation: Operation): Promise<void> {
    this.note(JSON.stringify(operation));
    if (this.project === undefined) await this.makeProject(operation);
    else await this[operation.verb](operation);
  }

  private note(line: string): void {
    this.history.push(`${new Date().toISOString()} ${line}`);
    if (this.history.length > 40) this.history.shift();
  }

  /** Learns what became of the change that got no answer: all of it or nothing. @throws Error otherwise */
  settle(actual: ReadonlyMap<string, Stored>, madeBy: (key: string) => string | undefined): void {
    const { pending } = this;
    this.pending = undefined;
    this.note(`no answer to ${pending && JSON.stringify("key" in pending ? pending : [...pending.after])}`);
    if (!pending) return;
    if ("key" in pending) {
      const id = madeBy(pending.key);
      if (id === undefined) return;
      const entity = actual.get(id)!;
      this.guardFields(entity, pending.body);
      this.keep(pending.collection, entity);
      return;
    }
    const done = [...pending.after].filter(([id, after]) => isSame(actual.get(id), after));
    const undone = [...pending.after.keys()].filter((id) => isAsBefore(actual.get(id), this.owned.get(id)));
    if (done.length === pending.after.size) this.apply(pending.after);
    else if (undone.length !== pending.after.size) {
      const found = [...pending.after.keys()].map((id) => [id, actual.get(id), this.owned.get(id)]);
      throw new Error(
        `${this.name}: half a change is there: ${JSON.stringify({ found, after: [...pending.after] })}`,
      );
    } else {
      for (const id of undone) {
        const now = actual.get(id);
        if (now) this.owned.set(id, now);
      }
    }
  }

  /** The key of a create that got no answer. */
  get pendingKey(): string | undefined {
    return this.pending && "key" in this.pending ? this.pending.key : undefined;
  }

  /** Whether a change got no answer. */
  get isPending(): boolean {
    return this.pending !== undefined;
  }

  private async makeProject({ value }: Operation): Promise<void> {
    await this.create("projects", { name: `${this.name}-${this.made}`, description: `project ${value}` });
  }

  private async makeInstance({ value, pick }: Operation): Promise<void> {
    if (this.instances.size >= 2) return this.rename({ verb: "rename", value, pick });
    const body = { projectId: this.project!, name: `vm-${value}`, image: this.image(value), flavor: "small" };
    await this.create("instances", body);
  }

  private async makeForward(operation: Operation): Promise<void> {
    if (this.instances.size === 0) return this.makeInstance(operation);
    if (this.forwards.size >= 6) return this.deleteForward(operation);
    await this.forward(this.forwardBody(operation));
  }

  /** Several tenants want the same few ports: who is first has it. */
  private async chooseExternalPort(operation: Operation): Promise<void> {
    if (this.instances.size === 0 || this.forwards.size >= 6) return this.deleteForward(operation);
    const externalPort = 21_000 + (operation.pick % contestedPorts);
    const body = { ...this.forwardBody(operation), portCount: 1, externalPort };
    if (this.clash(body)) return this.forward(body);
    try {
      await this.create("portForwards", body);
    } catch (error) {
      if ((error as PlatformError).code !== "external_port_taken") throw error;
    }
  }

  private forwardBody({ pick, value }: Operation) {
    return {
      projectId: this.project!,
      instanceId: nth(this.instances, pick)!,
      protocol: value % 3 === 0 ? "udp" : "tcp",
      internalPort: internalPorts[value % internalPorts.length]!,
      portCount: 1 + (pick % 3),
      description: `forward ${value}`,
    };
  }

  private async forward(body: ReturnType<Tenant["forwardBody"]>): Promise<void> {
    if (this.clash(body)) return this.refused("internal_port_taken", () => this.create("portForwards", body));
    const { key, id } = await this.create("portForwards", body);
    this.lastForward = { key, body, id };
  }

  /** The same key and body: the same forward, as it is now; refused when it is gone. */
  private async repeat(operation: Operation): Promise<void> {
    const last = this.lastForward;
    if (!last) return this.makeForward(operation);
    const options = { idempotencyKey: last.key, signal: this.signal };
    const again = () => this.api.portForwards.create(last.body as never, options);
    if (!this.owned.has(last.id)) return this.refused("idempotency_key_reused", again);
    same(stored(await again()), this.owned.get(last.id));
  }

  private async describe({ pick, value }: Operation): Promise<void> {
    const id = nth(this.forwards, pick);
    if (id)
      await this.update("portForwards", id, {
        description: `now ${value % 3}`,
        labels: { v: String(value) },
      });
  }

  private async rename({ pick, value }: Operation): Promise<void> {
    const id = nth(this.instances, pick);
    if (id) await this.update("instances", id, { name: `renamed-${value % 3}` });
  }

  private async retarget({ pick, value }: Operation): Promise<void> {
    const [id, instanceId] = [nth(this.forwards, pick), nth(this.instances, value)];
    if (id && instanceId) await this.moved(id, { instanceId });
  }

  private async moveInside({ pick, value }: Operation): Promise<void> {
    const id = nth(this.forwards, pick);
    if (id) await this.moved(id, { internalPort: internalPorts[value % internalPorts.length]! });
  }

  private async moved(id: string, patch: object): Promise<void> {
    const wanted = { ...this.owned.get(id)!, ...patch };
    const change = () => this.update("portForwards", id, patch);
    await (this.clash(wanted) ? this.refused("internal_port_taken", change) : change());
  }

  private async switch({ pick }: Operation): Promise<void> {
    const id = nth(this.forwards, pick);
    if (id) await this.update("portForwards", id, { enabled: !this.owned.get(id)!.enabled });
  }

  private async changeStale({ pick, value }: Operation): Promise<void> {
    const id = nth(this.forwards, pick);
    if (!id) return;
    const options = { revision: 1000 + value, signal: this.signal };
    const { portForwards } = this.api;
    await this.refused("revision_mismatch", () => portForwards.update(id, { description: "stale" }, options));
    await this.refused("revision_mismatch", () => portForwards.delete(id, options));
  }

  private async deleteForward({ pick }: Operation): Promise<void> {
    const id = nth(this.forwards, pick);
    if (id) await this.remove("portForwards", id, new Map());
  }

  private async deleteInstance({ pick }: Operation): Promise<void> {
    const id = nth(this.instances, pick);
    if (!id) return;
    const detached = [...this.forwards]
      .map((forward) => this.owned.get(forward)!)
      .filter(({ instanceId }) => instanceId === id)
      .map((row) => [row.id, { ...row, instanceId: null, revision: row.revision + 1 }] as const);
    await this.remove("instances", id, new Map(detached));
  }

  private async deleteProject(): Promise<void> {
    const id = this.project!;
    if (this.owned.size === 1) return this.remove("projects", id, new Map());
    await this.refused("project_not_empty", () => this.api.projects.delete(id, { signal: this.signal }));
  }

  private async create(collection: "projects" | "instances" | "portForwards", body: object) {
    const key = `${this.name}/${this.made++}`;
    const repository = this.api[collection] as Platform["portForwards"];
    const options = { idempotencyKey: key, signal: this.signal };
    const entity = await this.attempt({ key, collection, body }, () =>
      repository.create(body as never, options),
    );
    this.guardFields(stored(entity), body);
    same(entity.revision, 1);
    this.keep(collection, stored(entity));
    return { key, id: entity.id };
  }

  private async update(collection: "instances" | "portForwards", id: string, patch: object): Promise<void> {
    const before = this.owned.get(id)!;
    const changes = Object.entries(patch).some(([field, value]) => !isSame(before[field], value));
    const after = changes ? { ...before, ...patch, revision: before.revision + 1 } : before;
    const repository = this.api[collection] as Platform["portForwards"];
    // On the revision that it knows: nobody else has changed it.
    const options = { revision: before.revision, signal: this.signal };
    const pending = { after: new Map([[id, after]]) };
    const entity = await this.attempt(pending, () => repository.update(id, patch, options));
    same(stored(entity), after);
    this.apply(pending.after);
  }

  private async remove(
    collection: "projects" | "instances" | "portForwards",
    id: string,
    others: ReadonlyMap<string, Stored>,
  ): Promise<void> {
    const after = new Map<string, Stored | undefined>([...others, [id, undefined]]);
    const options = { revision: this.owned.get(id)!.revision, signal: this.signal };
    await this.attempt({ after }, () => this.api[collection].delete(id, options));
    this.apply(after);
  }

  /** A change stays pending when no answer came; a refusal has changed nothing. */
  private async attempt<T>(pending: Pending, change: () => Promise<T>): Promise<T> {
    this.pending = pending;
    this.note(`asks for ${JSON.stringify("key" in pending ? pending : [...pending.after])}`);
    try {
      const result = await change();
      this.note("has it");
      this.pending = undefined;
      return result;
    } catch (error) {
      this.note(`is told ${error}`);
      if ((error as PlatformError).code !== "unreachable") this.pending = undefined;
      throw error;
    }
  }

  private async refused(code: ErrorCode, change: () => Promise<unknown>): Promise<void> {
    try {
      await change();
    } catch (error) {
      if (error instanceof PlatformError && error.code === code) return;
      throw error;
    }
    throw new Error(`${this.name}: nothing was refused, but it should be with ${code}`);
  }

  /** Whether another forward leads to one of the same ports already. */
  private clash(wanted: Readonly<Record<string, unknown>>): boolean {
    const span = (row: Readonly<Record<string, unknown>>) => {
      const first = Number(row.internalPort);
      return { first, end: first + Number(row.portCount) };
    };
    return [...this.forwards].some((id) => {
      const row = this.owned.get(id)!;
      if (id === wanted.id || row.instanceId !== wanted.instanceId || row.protocol !== wanted.protocol)
        return false;
      return (
        wanted.instanceId !== null && span(row).first < span(wanted).end && span(wanted).first < span(row).end
      );
    });
  }

  private guardFields(entity: Stored, body: object): void {
    const given = Object.fromEntries(Object.keys(body).map((field) => [field, entity[field]]));
    same(given, body);
  }

  private keep(collection: "projects" | "instances" | "portForwards", entity: Stored): void {
    this.owned.set(entity.id, entity);
    if (collection === "projects") this.project = entity.id;
    else (collection === "instances" ? this.instances : this.forwards).add(entity.id);
  }

  private apply(after: ReadonlyMap<string, Stored | undefined>): void {
    for (const [id, entity] of after) {
      if (entity) {
        this.owned.set(id, entity);
        continue;
      }
      this.owned.delete(id);
      this.instances.delete(id);
      this.forwards.delete(id);
      if (this.project === id) this.project = undefined;
    }
  }
}

const nth = (ids: ReadonlySet<string>, n: number): string | undefined => [...ids][n % Math.max(ids.size, 1)];

/** Whether a change has not come about, or was taken back, as a platform that is stopping does: that is a change, too. */
function isAsBefore(now: Stored | undefined, before: Stored | undefined): boolean {
  if (!now || !before || now.revision !== before.revision + 2) return isSame(now, before);
  return isSame({ ...now, revision: before.revision }, before);
}

function isSame(one: unknown, other: unknown): boolean {
  try {
    same(one, other);
    return true;
  } catch {
    return false;
  }
}
