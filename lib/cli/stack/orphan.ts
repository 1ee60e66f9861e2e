import {
  collections,
  forwardKey,
  type Instance,
  listAll,
  type Platform,
  type PortForward,
  type Project,
} from "../../contract";
import { resourceTypes } from "../../provider/shape";
import type { OwnershipMark } from "./ownership";

/** A collection whose objects bear marks. */
type Owned = keyof typeof resourceTypes;

/** Something that bears a stack's mark and that none of its states knows. */
export interface Orphan {
  readonly collection: Owned;
  readonly entity: Project | Instance | PortForward;
  readonly mark: OwnershipMark;
}

/** What can be deleted before what: a project goes last, since it has to be empty. */
const order: readonly Owned[] = ["portForwards", "instances", "projects"];

/** What bears one of the marks and is not among the ids that the states know. */
export async function findOrphans(
  platform: Platform,
  marks: readonly OwnershipMark[],
  known: ReadonlySet<string>,
): Promise<Orphan[]> {
  const found: Orphan[] = [];
  for (const collection of order) {
    for (const mark of marks) {
      const entities: (Project | Instance | PortForward)[] = await listAll<
        Project | Instance | PortForward,
        { ownershipId: string }
      >(platform[collection], { ownershipId: mark.mark });
      // A platform that does not know the filter would answer with everything.
      const own = entities.filter(({ id, ownershipId }) => ownershipId === mark.mark && !known.has(id));
      found.push(...own.map((entity) => ({ collection, entity, mark })));
    }
  }
  return found;
}

/** `port forward fwd-1 (203.0.113.5:20170/tcp, "ssh service")` */
export function describeOrphan({ collection, entity }: Orphan): string {
  const name = "externalPort" in entity ? forwardKey(entity) : entity.name;
  const about = entity.description === "" ? "" : `, ${JSON.stringify(entity.description)}`;
  return `${collections[collection].noun} ${entity.id} (${name}${about})`;
}

/** The `import` block that brings an orphan under code, where its resource is not written yet. */
export function orphanImport({ collection, entity, mark }: Orphan): string {
  return [
    "import {",
    `  provider = ${mark.provider}`,
    `  to       = ${resourceTypes[collection]}.NAME`,
    `  id       = ${JSON.stringify(entity.id)}`,
    "}",
  ].join("\n");
}
