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

/** Something that bears a stack's mark. Where none of the stack's states knows it, it is an orphan. */
export interface MarkedObject {
  readonly collection: Owned;
  readonly entity: Project | Instance | PortForward;
  readonly mark: OwnershipMark;
}

/** What can be deleted before what: a project goes last, since it has to be empty. */
const order: readonly Owned[] = ["portForwards", "instances", "projects"];

/** Everything on a platform that bears one of the marks. */
export async function markedObjects(
  platform: Platform,
  marks: readonly OwnershipMark[],
): Promise<MarkedObject[]> {
  const found: MarkedObject[] = [];
  for (const collection of order) {
    for (const mark of marks) {
      const entities: (Project | Instance | PortForward)[] = await listAll<
        Project | Instance | PortForward,
        { ownershipId: string }
      >(platform[collection], { ownershipId: mark.mark });
      // A platform that does not know the filter would answer with everything.
      const own = entities.filter(({ ownershipId }) => ownershipId === mark.mark);
      found.push(...own.map((entity) => ({ collection, entity, mark })));
    }
  }
  return found;
}

/** `port forward fwd-1 (203.0.113.5:20170/tcp, "ssh service")` */
export function describeObject({ collection, entity }: MarkedObject): string {
  const name = "externalPort" in entity ? forwardKey(entity) : entity.name;
  const about = entity.description === "" ? "" : `, ${JSON.stringify(entity.description)}`;
  return `${collections[collection].noun} ${entity.id} (${name}${about})`;
}

/** The `import` block that brings an object under code, where its resource is not written yet. */
export function importBlockOf({ collection, entity, mark }: MarkedObject): string {
  return [
    "import {",
    `  provider = ${mark.provider}`,
    `  to       = ${resourceTypes[collection]}.NAME`,
    `  id       = ${JSON.stringify(entity.id)}`,
    "}",
  ].join("\n");
}
