import { PlatformError } from "../contract";
import type { Cloud } from "./cloud";
import { isOurs, type KeystoneProject } from "./keystone-project";
import { ScopedCloud } from "./scoped-cloud";
import type { Session } from "./session";

/** The Keystone projects that the credentials open. */
export class Clouds {
  private readonly opened = new Map<string, Promise<ScopedCloud>>();
  private readonly gone = new Set<string>();
  /** Whether the first project that was opened could be. */
  private isTried: Promise<boolean> | undefined;

  constructor(private readonly session: Session) {}

  /** The project of the credentials. @throws PlatformError `unauthenticated` */
  home(): Promise<ScopedCloud> {
    return this.open(undefined);
  }

  /** @throws PlatformError `not_found` when there is no such project, or no role in it */
  async of(projectId: string): Promise<Cloud> {
    // Keystone takes its time for a token: none is asked for only to learn which project is that of the credentials.
    const home = this.knownHome ?? (await this.home()).projectId;
    if (home === projectId) return this.home();
    if (this.isBound || this.gone.has(projectId)) throw this.notFound(projectId);
    // Some clouds lock out who is refused several times: one tries whether the credentials are good.
    if (this.isTried && !(await this.isTried)) await this.home();
    const opening = this.open(projectId);
    this.isTried ??= opening.then(
      () => true,
      () => false,
    );
    return opening;
  }

  /**
   * Asks what every project is answered alike, by the token of one that is open: a service looks into every token that is
   * new to it, which takes longer than most answers.
   */
  async ask<T>(question: (cloud: Cloud) => Promise<T>): Promise<T> {
    const [first] = this.opened.values();
    const cloud = await first?.catch(() => undefined);
    if (!cloud) return question(await this.home());
    try {
      return await question(cloud);
    } catch (error) {
      // Whose token it was says nothing of what was asked.
      if (this.gone.has(cloud.projectId)) return question(await this.home());
      throw error;
    }
  }

  /** Remembers that a project is gone: Keystone takes its tokens away, and gives no more. */
  forget(projectId: string): void {
    this.gone.add(projectId);
    this.opened.delete(projectId);
  }

  /** Whether a project was there, and is no more. */
  isGone(projectId: string): boolean {
    return this.gone.has(projectId);
  }

  /** Every project that the platform shows. */
  async all(signal?: AbortSignal): Promise<Cloud[]> {
    const projects = await this.projects(signal);
    return (await Promise.all(projects.map(({ id }) => unlessGone(this.of(id))))).flat();
  }

  /** The project of the credentials, and those of the user that Fairlead has made. */
  async projects(signal?: AbortSignal): Promise<KeystoneProject[]> {
    const all = await this.ask((cloud) =>
      cloud.list<KeystoneProject>("identity", "/auth/projects", "projects", {}, { signal }),
    );
    const home = this.knownHome ?? (await this.home()).projectId;
    return all.filter((project) => project.id === home || (!this.isBound && isOurs(project)));
  }

  /**
   * Whether the user is likely to be allowed to make projects: which role that takes is the cloud's own policy, and no
   * API tells it. Keystone refuses others all the same.
   */
  async mayMakeProjects(): Promise<boolean> {
    const { roles } = await (await this.home()).token();
    return !this.isBound && roles.some(({ name }) => /admin|manager|operator/i.test(name));
  }

  /** An application credential belongs to one project and opens no other. */
  private get isBound(): boolean {
    return this.session.credentials.proof.method === "application_credential";
  }

  /** Id of the project of the credentials, where they say it. */
  private get knownHome(): string | undefined {
    const { project } = this.session.credentials;
    return project && "id" in project && !this.isBound ? project.id : undefined;
  }

  private open(projectId: string | undefined): Promise<ScopedCloud> {
    const key = projectId ?? "";
    const known = this.opened.get(key);
    if (known) return known;
    const lost = async (): Promise<PlatformError> => {
      // Keystone says no more than that it refuses; whether it refuses the credentials themselves, a new token of their own
      // project shows.
      const home = await this.home();
      await this.session.reject(undefined, await home.token());
      await home.token();
      this.forget(projectId!);
      return this.notFound(projectId!);
    };
    const pending = ScopedCloud.open(this.session, projectId, lost);
    this.opened.set(key, pending);
    pending.catch(() => this.opened.get(key) === pending && this.opened.delete(key));
    return pending;
  }

  /** Keystone does not tell what is not there from what may not be seen. */
  private notFound(projectId: string): PlatformError {
    return new PlatformError(
      "not_found",
      `There is no project ${projectId}, or ${this.session.credentials.source} has no role in it.`,
    );
  }
}

/** What a list has of one of its members: nothing, when it went while the list was made. */
export async function unlessGone<T>(member: Promise<T>): Promise<T[]> {
  try {
    return [await member];
  } catch (error) {
    if (error instanceof PlatformError && error.code === "not_found") return [];
    throw error;
  }
}
