import { PlatformError, required } from "../contract";
import type { Cloud } from "./cloud";
import type { Context } from "./context";
import { ForwardDesk } from "./forward-desk";

/** The desks of a platform, one for each project: instances and forwards tell each other through them. */
export class ForwardDesks {
  private readonly desks = new Map<string, ForwardDesk>();
  private looking: Promise<Cloud[]> | undefined;

  constructor(private readonly context: Context) {}

  /** @throws PlatformError `invalid_argument` when there is no such project */
  async of(projectId: string): Promise<ForwardDesk> {
    const known = this.desks.get(projectId);
    if (known) return known;
    const cloud = await this.context.clouds.of(projectId).catch((error) => {
      if (!(error instanceof PlatformError) || error.code !== "not_found") throw error;
      return required<Cloud>(undefined, "project", projectId, "/projectId");
    });
    const desk = this.desks.get(projectId) ?? new ForwardDesk(this.context, cloud);
    this.desks.set(projectId, desk);
    return desk;
  }

  /** Of one project, none where there is no such; or of all that can be seen. */
  async all(projectId?: string, signal?: AbortSignal): Promise<ForwardDesk[]> {
    if (projectId === undefined) return this.everywhere(signal);
    return this.of(projectId).then(
      (desk) => [desk],
      (error) => {
        if (error instanceof PlatformError && error.code === "invalid_argument") return [];
        throw error;
      },
    );
  }

  /** Those that are known without asking: of the project of the credentials, and those in use. */
  async nearby(): Promise<ForwardDesk[]> {
    const { clouds } = this.context;
    for (const id of this.desks.keys()) if (clouds.isGone(id)) this.desks.delete(id);
    const home = await this.of((await clouds.home()).projectId);
    return [...new Set([home, ...this.desks.values()])];
  }

  /** Of those who ask at the same time, one asks for all. */
  private async everywhere(signal: AbortSignal | undefined): Promise<ForwardDesk[]> {
    this.looking ??= this.context.clouds.all(signal);
    try {
      const clouds = await this.looking;
      return await Promise.all(clouds.map((cloud) => this.of(cloud.projectId)));
    } finally {
      this.looking = undefined;
    }
  }
}

const known = new WeakMap<Context, ForwardDesks>();

/** The desks of a platform. */
export function forwardDesks(context: Context): ForwardDesks {
  const desks = known.get(context) ?? new ForwardDesks(context);
  known.set(context, desks);
  return desks;
}
