import type { Check, Look, PreflightFinding } from "./check";
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
      else findings.push(...passed(look, project, items, kind, quota));
    }
  }
  return { findings, unchecked };
};

/** What the stack declares counts, not what is there: an apply changes it first. */
function quotaOf({ declared, existing }: ItsProject, { quota, argument }: Limited): unknown {
  return (declared ? declared.values[argument] : existing?.[quota]) ?? undefined;
}

/** At the first one that has no room. */
function passed(
  { overview, mark }: Look,
  { existing }: ItsProject,
  items: readonly DeclaredItem[],
  { collection, nouns, quota: prop }: Limited,
  quota: number,
): PreflightFinding[] {
  const inProject = overview[collection].filter(({ projectId }) => projectId === existing?.id);
  const others = inProject.filter(({ ownershipId }) => ownershipId !== mark).length;
  // What is taken over is there already.
  const made = items.filter(({ importKey }) => importKey === undefined);
  const total = others + made.reduce((sum, { count }) => sum + count!, 0);
  if (total <= quota) return [];
  let room = quota - others;
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
      problem: `The project may have ${quota} ${nouns} (${prop}), but the stack makes ${total - others}${besides}: from this one on there is no room.`,
      fix: "Delete what is not used (`fairlead forward list --unused 30d`), or raise the project's quota.",
    },
  ];
}
