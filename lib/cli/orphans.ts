import { connect, resolveSettings } from "../connect";
import { collections, type Platform } from "../contract";
import { UsageError } from "./failure";
import { fromNow } from "./moment";
import { stackFolder } from "./stack/folder";
import { describeObject, importBlockOf, type MarkedObject, markedObjects } from "./stack/marked-object";
import { endpointOf, goesTo, type OwnershipMark, ownershipMarks } from "./stack/ownership";
import { providerBlocks } from "./stack/provider-block";
import { type StateObject, stateObjects } from "./stack/state";

/** The flags of `fairlead orphans`. */
export interface OrphansOptions {
  readonly ownershipId?: readonly string[];
  /** Id of the one orphan to delete. */
  readonly delete?: string;
  readonly fail?: boolean;
}

const orphansFound = 3;

/**
 * Prints what bears a stack's ownership mark on the platform and is in none of its states. A mark alone is no reason
 * to adopt or delete anything: that takes the user's word, object by object.
 */
export async function orphans(named: string, options: OrphansOptions): Promise<void> {
  const folder = stackFolder(named);
  const blocks = providerBlocks(folder);
  const settings = resolveSettings({ endpoint: endpointOf(blocks, process.env.FAIRLEAD_ENDPOINT) });
  const here = blocks.filter((block) => goesTo(block, settings.endpoint));
  const marks = await ownershipMarks(options.ownershipId ?? [], here, () => stateObjects(folder), folder);
  const platform = connect(settings);
  const marked = await markedObjects(platform, marks);
  // Behind the platform: what an apply has made and saved by now is no orphan.
  const known = await stateObjects(folder);
  const inState = new Set(known.map(({ id }) => id));
  const found = marked.filter(({ entity }) => !inState.has(entity.id));
  const stack = { named, folder, endpoint: settings.endpoint, marks, known };
  if (options.delete === undefined) {
    process.stdout.write(found.length === 0 ? none(stack) : list(stack, found));
    if (options.fail && found.length > 0) process.exitCode = orphansFound;
  } else {
    await remove(platform, stack, found, options.delete);
  }
}

interface Stack {
  /** The folder as the user named it. */
  readonly named: string;
  readonly folder: string;
  readonly endpoint: string;
  readonly marks: readonly OwnershipMark[];
  readonly known: readonly StateObject[];
}

function none(stack: Stack): string {
  return `Nothing on ${stack.endpoint} bears ${marksText(stack)} and is missing from the state of ${stack.folder}.\n`;
}

function list(stack: Stack, found: readonly MarkedObject[]): string {
  const { endpoint, folder, named, known } = stack;
  const entries = found.map((orphan) =>
    [
      `${describeObject(orphan)}, made ${fromNow(orphan.entity.createdAt, Date.now())}`,
      ...importBlockOf(orphan).split("\n"),
      `fairlead orphans ${quoted(named)}${given(stack)} --delete ${orphan.entity.id}`,
      "",
    ].join("\n  "),
  );
  const bear = found.length === 1 ? ["bears", "is"] : ["bear", "are"];
  return [
    `${found.length} on ${endpoint} ${bear[0]} ${marksText(stack)} and ${bear[1]} in no state of ${folder}:`,
    "",
    ...entries.map((entry) => entry.trimEnd().concat("\n")),
    "To keep one, write its resource block with the same line `provider = ...` (Terraform takes it in both blocks or in",
    "none, and before the resource is written it needs it), put the import block beside it, and apply. To delete one, run",
    "the command below its block.",
    "A mark does not tell two checkouts of one stack apart: what another state holds, or an apply that still runs has",
    "just made, is listed here as well. Look before you delete.",
    ...(known.length === 0
      ? [
          "This state holds nothing of Fairlead at all: check that it is the one that the stack was applied with.",
        ]
      : []),
    "",
  ].join("\n");
}

/** The marks that were given have to be given again. */
const given = ({ marks }: Stack): string =>
  marks
    .filter(({ source }) => source === "--ownership-id")
    .map(({ mark }) => ` --ownership-id ${quoted(mark)}`)
    .join("");

const marksText = ({ marks }: Stack): string =>
  marks.map(({ mark, source }) => `the ownership mark ${JSON.stringify(mark)} (from ${source})`).join(" or ");

/** As a shell takes it. */
const quoted = (text: string): string =>
  /^[\w./@:+-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;

async function remove(
  platform: Platform,
  stack: Stack,
  found: readonly MarkedObject[],
  id: string,
): Promise<void> {
  const orphan = found.find(({ entity }) => entity.id === id);
  if (!orphan) throw new UsageError(`${JSON.stringify(id)} is not deleted: ${noOrphan(stack, found, id)}`);
  const { collection, entity } = orphan;
  await platform[collection].delete(id, { revision: entity.revision });
  process.stdout.write(`Deleted: ${describeObject(orphan)}.\n`);
}

function noOrphan(stack: Stack, found: readonly MarkedObject[], id: string): string {
  const held = stack.known.find((object) => object.id === id);
  if (held) {
    return `the state of ${stack.folder} holds it as ${held.address}. Take that out of the code, and apply.`;
  }
  const ids = found
    .slice(0, 10)
    .map(({ collection, entity }) => `${entity.id} (${collections[collection].noun})`);
  return `nothing of that id bears ${marksText(stack)} on ${stack.endpoint}. ${ids.length > 0 ? `Orphans of this stack: ${ids.join(", ")}.` : "This stack has no orphans."}`;
}
