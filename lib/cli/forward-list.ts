import { connect, resolveSettings } from "../connect";
import { type Platform, withoutCapability } from "../contract";
import { parseDuration } from "./duration";
import { UsageError } from "./failure";
import { type InventoryLine, inventoryOf } from "./inventory";
import { type InventoryView, inventoryTable } from "./inventory-table";
import { unusedFor } from "./unused";

/** The flags of `fairlead forward list`. */
export interface ForwardListOptions {
  readonly project?: string;
  /** Only what bears this ownership mark. */
  readonly owner?: string;
  /** Only what bears no ownership mark. */
  readonly unowned?: boolean;
  /** Only forwards that were not used for this long: "30d". */
  readonly unused?: string;
  readonly stats?: boolean;
  readonly wide?: boolean;
  readonly json?: boolean;
}

/** Prints what the platform's console shows: each instance with its forwards, all or some of them. */
export async function forwardList(options: ForwardListOptions): Promise<void> {
  const unused = options.unused === undefined ? undefined : parseDuration("--unused", options.unused);
  const platform = connect(resolveSettings());
  if (unused !== undefined) await needStatistics(platform, "--unused");
  else if (options.stats) await needStatistics(platform, "--stats");
  const all = await inventoryOf(platform, { project: options.project, wanted: ownedAs(options) });
  const lines = unused === undefined ? all : unusedFor(all, unused);
  process.stdout.write(options.json ? json(lines) : text(lines, all, options));
}

function ownedAs({ owner, unowned }: ForwardListOptions) {
  return ({ ownershipId }: { readonly ownershipId: string | null }): boolean =>
    unowned ? ownershipId === null : owner === undefined || ownershipId === owner;
}

async function needStatistics(platform: Platform, flag: string): Promise<void> {
  const { capabilities } = await platform.info();
  if (capabilities.statistics) return;
  throw new UsageError(
    `${flag} needs to know what forwards have carried, but this platform does not count that. ${withoutCapability.statistics}`,
  );
}

function json(lines: readonly InventoryLine[]): string {
  return `${JSON.stringify(
    lines.flatMap(({ forward }) => forward ?? []),
    null,
    2,
  )}\n`;
}

function text(
  lines: readonly InventoryLine[],
  all: readonly InventoryLine[],
  options: ForwardListOptions,
): string {
  const { unused, wide } = options;
  if (lines.length === 0) return `${nothing(options)}\n`;
  const view: InventoryView = options.stats ? "stats" : unused === undefined ? "plain" : "unused";
  const table = inventoryTable(lines, { view, wide, width: process.stdout.columns });
  if (unused === undefined) return table;
  const of = all.filter(({ forward }) => forward).length;
  return `${table}\n${lines.length} of ${of} forwards were not used for ${unused}. ${howToRemove(lines)}\n`;
}

function nothing({ unused, owner, unowned, project }: ForwardListOptions): string {
  if (unused !== undefined) return `Every forward was used within ${unused}, or is younger than that.`;
  if (owner !== undefined) return `Nothing bears the ownership mark ${JSON.stringify(owner)}.`;
  if (unowned) return "Everything bears an ownership mark.";
  return `There are no instances and no forwards${project === undefined ? "" : " in that project"}.`;
}

/** Through code, so that the removal is reviewed like everything else. */
function howToRemove(lines: readonly InventoryLine[]): string {
  const owned = "Take each out of the code that declares it, and apply; OWNERSHIP names that code's stack.";
  if (lines.every(({ forward }) => forward?.ownershipId !== null)) return owned;
  return `${owned} One without a mark was made by hand, or by code that sets no ownership_id; import what no code declares (its EXTERNAL is what an import block takes), and remove it through code then.`;
}
