import type { Check, Look, PreflightFinding } from "./check";
import { type Counterparts, counterpartsIn } from "./counterparts";
import type { DeclaredItem } from "./declared";
import { type ItsProject, projectFinder } from "./project-of";

const limited = [
  { collection: "instances", quota: "instanceQuota", argument: "instance_quota", nouns: "instances" },
  {
    collection: "portForwards",
    quota: "portForwardQuota",
    argument: "port_forward_quota",
    nouns: "port forwards",
  },
] as const;

type Limited = (typeof limited)[number];

/** Quotas of projects that the stack would pass, with what others have in them. */
export const quotas: Check = (look) => {
  const findings: PreflightFinding[] = [];
  const unchecked: string[] = [];
  const projectOf = projectFinder(look);
  const counterparts = counterpartsIn(look);
  for (const kind of limited) {
    const members = new Map<ItsProject, DeclaredItem[]>();
    for (const item of look.declared[kind.collection]) {
      const project = projectOf(item);
      if (!project) continue;
      const known = members.get(project);
      if (known) known.push(item);
      else members.set(project, [item]);
    }
    for (const [project, items] of members) {
      const quota = quotaOf(project, kind);
      if (quota === undefined) continue;
      if (typeof quota !== "number") unchecked.push(kind.argument);
      else if (items.some(({ count }) => count === undefined)) unchecked.push("count");
      else findings.push(...passed(look, counterparts, project, items, kind, quota));
    }
  }
  return { findings, unchecked };
};

/** What the stack declares counts, not what is there: an apply changes it first. */
function quotaOf({ declared, existing }: ItsProject, { quota, argument }: Limited): unknown {
  return (declared ? declared.values[argument] : existing?.[quota]) ?? undefined;
}

/** At the first one that is yet to be made and has no room. */
function passed(
  look: Look,
  counterparts: Counterparts,
  project: ItsProject,
  items: readonly DeclaredItem[],
  kind: Limited,
  quota: number,
): PreflightFinding[] {
  const { others, made } = compared(look, counterparts, project, items, kind);
  const declared = sumOf(items);
  if (others + declared <= quota) return [];
  let room = quota - others - (declared - sumOf(made));
  const first = made.find(({ count }) => {
    room -= count!;
    return room < 0;
  });
  if (!first) return [];
  const besides = others === 0 ? "" : `, and others have ${others} in the project`;
  return [
    {
      construct: first.construct,
      level: "error",
      problem: `The project may have ${quota} ${kind.nouns} (${kind.quota}), but the stack makes ${declared}${besides}: from this one on there is no room.`,
      fix: "Delete what is not used (`fairlead forward list --unused 30d`), or raise the project's quota.",
    },
  ];
}

/** How many things of a project are others', and what the stack has yet to make. */
function compared(
  { overview, mark }: Look,
  counterparts: Counterparts,
  { existing }: ItsProject,
  items: readonly DeclaredItem[],
  { collection }: Limited,
): { readonly others: number; readonly made: readonly DeclaredItem[] } {
  const isOwn = ({ ownershipId }: There) => mark === undefined || ownershipId === mark;
  // What nothing declared has turned out to be yet.
  const rest = new Set<There>(overview[collection].filter(({ projectId }) => projectId === existing?.id));
  const made: DeclaredItem[] = [];
  let unknown = 0;
  for (const item of items) {
    const known: readonly There[] | undefined = counterparts[collection](item);
    // Of several of one name it is the stack's own rather than somebody else's.
    const its = (known ?? [])
      .filter((one) => rest.has(one))
      .sort((one, other) => Number(isOwn(other)) - Number(isOwn(one)))
      .slice(0, item.count);
    for (const one of its) rest.delete(one);
    if (!known) unknown += item.count!;
    // What is taken over is there already.
    if (item.importKey === undefined && its.length < item.count!) made.push(item);
  }
  const others = [...rest].filter((one) => !isOwn(one)).length;
  // What only Terraform knows can be any of them.
  return { others: Math.max(0, others - unknown), made };
}

/** Something in a project, whoever has made it. */
type There = Look["overview"][Limited["collection"]][number];

const sumOf = (items: readonly DeclaredItem[]): number => items.reduce((sum, { count }) => sum + count!, 0);
