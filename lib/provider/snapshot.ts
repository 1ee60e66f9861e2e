import { listAll, type Platform } from "../contract";

/** A collection that has snapshots. */
export type SnapshotName = "projects" | "instances" | "portForwards";

type Entity = { readonly id: string };

/**
 * Refresh by list: the first read of a collection's part (a project's forwards, say) lists all of it, in as few
 * requests as pages, and every other read is answered from that. A write drops what was read of its collections,
 * so that no change of the same run is hidden; Terraform starts a process per walk, so nothing lives longer.
 */
export class Snapshots {
  private readonly parts = new Map<string, Promise<ReadonlyMap<string, Entity>>>();

  constructor(private readonly platform: Platform) {}

  /** The entity, or undefined when the platform has it no more. */
  async find(
    name: SnapshotName,
    projectId: string | undefined,
    id: string,
    signal: AbortSignal,
  ): Promise<Entity | undefined> {
    const key = `${name} ${projectId ?? ""}`;
    let part = this.parts.get(key);
    if (!part) {
      part = this.load(name, projectId, signal);
      this.parts.set(key, part);
      // A failed list is not kept: the next read asks again.
      part.catch(() => this.parts.get(key) === part && this.parts.delete(key));
    }
    return (await part).get(id);
  }

  /**
   * Does a write and forgets everything behind it: a write to one collection may change others, as deleting an
   * instance changes its forwards. Behind, not before: a list that began during the write may have missed it.
   */
  async around<T>(write: () => Promise<T>): Promise<T> {
    try {
      return await write();
    } finally {
      this.parts.clear();
    }
  }

  private async load(
    name: SnapshotName,
    projectId: string | undefined,
    signal: AbortSignal,
  ): Promise<ReadonlyMap<string, Entity>> {
    const query = projectId === undefined ? {} : { projectId };
    const entities: Entity[] = await listAll<Entity, object>(this.platform[name], query, { signal });
    return new Map(entities.map((entity) => [entity.id, entity]));
  }
}
