import type * as z from "zod";
import { type collections, listAll, type Platform, PlatformError } from "../contract";

/** A collection that has snapshots. */
export type SnapshotName = "projects" | "instances" | "portForwards";

/** An entity of a collection that has snapshots. */
export type Entity<K extends SnapshotName = SnapshotName> = z.output<(typeof collections)[K]["entity"]>;

type Part = ReadonlyMap<string, Entity>;

/**
 * Refresh by list: the first read of a collection's part (a project's forwards, say) lists all of it, in as few
 * requests as pages, and every other read is answered from that. A write drops what was read of its collections,
 * so that no change of the same run is hidden; Terraform starts a process per walk, so nothing lives longer.
 */
export class Snapshots {
  private readonly parts = new Map<string, Promise<Part>>();
  private loneProject: { readonly id: string; readonly entity: Promise<Entity | undefined> } | undefined;
  private writes = 0;

  constructor(private readonly platform: Platform) {}

  /** Whether this run has changed anything yet. */
  get written(): boolean {
    return this.writes > 0;
  }

  /** The entity, or undefined when the platform has it no more. */
  async find<K extends SnapshotName>(
    name: K,
    projectId: string | undefined,
    id: string,
    signal: AbortSignal,
  ): Promise<Entity<K> | undefined> {
    const lone = name === "projects" ? this.lone(id, signal) : undefined;
    const found = lone ?? this.part(name, projectId, signal).then((part) => part.get(id));
    return (await found) as Entity<K> | undefined;
  }

  /**
   * Finds what is in the state, and begins to list what Terraform asks for next: instances behind their project, forwards
   * behind their instances, each after an answer that takes its time. A project that is in the state is rarely there
   * without them; where there are several, which of them have some is left to be seen.
   */
  refresh<K extends SnapshotName>(
    name: K,
    projectId: string | undefined,
    id: string,
    signal: AbortSignal,
  ): Promise<Entity<K> | undefined> {
    const found = this.find(name, projectId, id, signal);
    const members = name === "instances" ? projectId : this.loneProject?.id === id ? id : undefined;
    if (members !== undefined && !this.written) {
      // Whoever reads one of them meets the failure.
      for (const next of ["instances", "portForwards"] as const)
        this.part(next, members, signal).catch(() => {});
    }
    return found;
  }

  /** All entities of a project, or of the platform as far as the token may see it. */
  async all<K extends SnapshotName>(
    name: K,
    projectId: string | undefined,
    signal: AbortSignal,
  ): Promise<Entity<K>[]> {
    return [...(await this.part(name, projectId, signal)).values()] as Entity<K>[];
  }

  /**
   * Does a write and forgets everything behind it: a write to one collection may change others, as deleting an
   * instance changes its forwards. Behind, not before: a list that began during the write may have missed it.
   */
  async around<T>(write: () => Promise<T>): Promise<T> {
    this.writes++;
    try {
      return await write();
    } finally {
      this.parts.clear();
      this.loneProject = undefined;
    }
  }

  /**
   * The first project that is asked for is read by itself: most states have one, and where it is, there may be hundreds.
   * Undefined for another one, or where they are listed already.
   */
  private lone(id: string, signal: AbortSignal): Promise<Entity | undefined> | undefined {
    if (this.loneProject?.id === id) return this.loneProject.entity;
    if (this.loneProject || this.parts.has(keyOf("projects", undefined))) return undefined;
    const entity = this.platform.projects.get(id, { signal }).catch((error) => {
      if (error instanceof PlatformError && error.code === "not_found") return undefined;
      this.loneProject = undefined;
      throw error;
    });
    this.loneProject = { id, entity };
    return entity;
  }

  private part(name: SnapshotName, projectId: string | undefined, signal: AbortSignal): Promise<Part> {
    const key = keyOf(name, projectId);
    const known = this.parts.get(key);
    if (known) return known;
    const part = this.load(name, projectId, signal);
    this.parts.set(key, part);
    // A failed list is not kept: the next read asks again.
    part.catch(() => this.parts.get(key) === part && this.parts.delete(key));
    return part;
  }

  private async load(name: SnapshotName, projectId: string | undefined, signal: AbortSignal): Promise<Part> {
    const query = projectId === undefined ? {} : { projectId };
    const entities: Entity[] = await listAll<Entity, object>(this.platform[name], query, { signal });
    return new Map(entities.map((entity) => [entity.id, entity]));
  }
}

const keyOf = (name: SnapshotName, projectId: string | undefined): string => `${name} ${projectId ?? ""}`;
