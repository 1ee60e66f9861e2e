import { randomBytes } from "node:crypto";
import {
  type Instance,
  listAll,
  overlap,
  type Platform,
  type PlatformInfo,
  type Project,
} from "../../contract";
import { MadeThings } from "./made-things";
import { makesAll, type Need, offers, type RunningSubject, type Subject } from "./subject";
import { httpBody, tcpExchange, udpExchange } from "./traffic";

type InstanceInput = Parameters<Platform["instances"]["create"]>[0];

/** An instance that all tests share: `web` and `next` run the same image, `stranger` is of another project. */
export type Role = "web" | "next" | "echo" | "stranger";

/** The platform under test, and what its tests find on it. */
export class Fixture {
  /** Tells this run from others on the same platform. */
  private readonly run = randomBytes(3).toString("hex");
  private running!: RunningSubject;
  private standing!: MadeThings;
  private made!: MadeThings;
  private readonly shared = new Map<string, Promise<Project | Instance>>();
  private lastPort: number | undefined;
  private count = 0;

  constructor(readonly subject: Subject) {}

  /** What the test makes through it goes with the test. */
  get platform(): Platform {
    return this.made.platform;
  }

  async open(): Promise<void> {
    this.running = await this.subject.start();
    this.standing = new MadeThings(this.running.platform);
    this.made = new MadeThings(this.running.platform);
  }

  /** Removes what a test has made. */
  async clear(): Promise<void> {
    await this.made.remove();
  }

  async close(): Promise<void> {
    // It has not started: that is the failure to see.
    if (!this.running) return;
    try {
      await this.standing.remove();
    } finally {
      await this.running.stop();
    }
  }

  /** A test of what not every platform offers; it is left out where something that it needs is lacking. */
  test(needs: readonly Need[], title: string, body: () => Promise<void>): void {
    if (needs.every((need) => this.offers(need))) test(title, body, this.subject.timeoutMs ?? 60_000);
  }

  offers(need: Need): boolean {
    return offers(this.subject, need);
  }

  info(): Promise<PlatformInfo> {
    return this.platform.info();
  }

  /** A name that nothing else on the platform has; of every allowed kind: names, keys, marks, label values. */
  name(beginning: string): string {
    this.count++;
    return `${beginning}-${this.run}-${this.count}`;
  }

  /** The project that tests work in; none of them changes it. */
  project(): Promise<Project> {
    return this.once("project", () => this.projectOf("ai-lab", 0));
  }

  /** A project beside it. */
  otherProject(): Promise<Project> {
    return this.once("other", () => this.projectOf("other", 1));
  }

  /** An instance that tests share; none of them changes it. */
  instance(role: Role): Promise<Instance> {
    return this.once(role, async () => {
      const project = await (role === "stranger" ? this.otherProject() : this.project());
      const image = role === "echo" || role === "stranger" ? "echo" : "web";
      if (this.offers("instanceManagement")) {
        return this.standing.platform.instances.create(this.inputOf(project, { name: role }, image));
      }
      const all = await listAll(this.platform.instances, { projectId: project.id });
      const found =
        role === "stranger" ? all : all.filter((instance) => instance.image === this.subject.images[image]);
      return required(
        found[role === "next" ? 1 : 0],
        `project ${project.name} has no instance for "${role}"`,
      );
    });
  }

  /** What a TCP forward to a shared instance begins with. */
  async target(role: Role = "web") {
    const { id: instanceId, projectId } = await this.instance(role);
    return { projectId, instanceId, protocol: "tcp" as const };
  }

  /** What an instance is made from; one of image `web` unless said otherwise. */
  inputOf(
    project: Project,
    more: Partial<InstanceInput> = {},
    image: "web" | "echo" = "web",
  ): InstanceInput & { name: string } {
    const { images, flavors } = this.subject;
    return { projectId: project.id, name: "web", image: images[image], flavor: flavors[0], ...more };
  }

  /** An instance for a test that changes it, in the project that tests work in. */
  async ownInstance(image: "web" | "echo" = "web"): Promise<{ project: Project; instance: Instance }> {
    return this.instanceIn(await this.project(), image);
  }

  /** A project with an instance, for a test that changes both. */
  async ownProject(): Promise<{ project: Project; instance: Instance }> {
    return this.instanceIn(await this.platform.projects.create({ name: this.name("own") }));
  }

  /**
   * The first of so many consecutive external ports that no forward has. They are at the end of the platform's range,
   * where none is assigned before long, and no test gets those of another one.
   */
  async freePorts(count = 1): Promise<number> {
    const { from, to } = (await this.info()).externalPorts;
    const held = await listAll(this.platform.portForwards);
    let first = (this.lastPort ?? to + 1) - count;
    for (; first >= from; first--) {
      const span = { first, count };
      if (!held.some((forward) => overlap(span, { first: forward.externalPort, count: forward.portCount }))) {
        this.lastPort = first;
        return first;
      }
    }
    throw new Error(`the platform's range ${from} to ${to} has no ${count} ports left for the tests`);
  }

  /** Something answers HTTP there, and says each of the texts. */
  async expectHttp(socketAddress: string, ...texts: readonly string[]): Promise<void> {
    if (!this.offers("packets")) return;
    const body = await httpBody(socketAddress);
    for (const text of texts) expect(body).toContain(text);
  }

  /** What is sent there comes back. */
  async expectEcho(protocol: "tcp" | "udp", socketAddress: string): Promise<void> {
    if (!this.offers("packets")) return;
    const sent = `over ${protocol}`;
    const exchange =
      protocol === "tcp" ? tcpExchange(socketAddress, sent, sent.length) : udpExchange(socketAddress, sent);
    expect(await exchange).toBe(sent);
  }

  /** Nothing answers there. */
  async expectSilence(socketAddress: string): Promise<void> {
    if (this.offers("packets")) await expect(httpBody(socketAddress)).rejects.toThrow();
  }

  private async instanceIn(project: Project, image?: "web" | "echo") {
    return { project, instance: await this.platform.instances.create(this.inputOf(project, {}, image)) };
  }

  private async projectOf(name: string, position: number): Promise<Project> {
    const { existing = [], without } = this.subject;
    const there = existing[position];
    if (there === undefined || makesAll(without)) {
      return this.standing.platform.projects.create({ name: this.name(name) });
    }
    const [project] = (await this.platform.projects.list({ name: there })).items;
    return required(project, `there is no project ${there}`);
  }

  private once<E extends Project | Instance>(key: string, make: () => Promise<E>): Promise<E> {
    const known = this.shared.get(key) ?? make();
    this.shared.set(key, known);
    return known as Promise<E>;
  }
}

function required<E>(found: E | undefined, message: string): E {
  if (found === undefined) throw new Error(`${message}, which the subject's \`existing\` promises`);
  return found;
}

/** An entity after a change in place: what was patched, another revision, and all else as it was. */
export function expectChange<E extends { readonly revision: number }>(
  after: E,
  before: E,
  patch: Partial<E>,
): void {
  expect({ ...after, revision: before.revision }).toEqual({ ...before, ...patch });
  expect(after.revision).not.toBe(before.revision);
}

/** A name with a letter too few. */
export function mistyped(name: string): string {
  const middle = Math.floor(name.length / 2);
  return name.slice(0, middle) + name.slice(middle + 1);
}
