import type { Answer } from "./context-file";
import type { Finding } from "./finding";
import { type LookupKind, type LookupKindName, lookupKinds } from "./lookup-kind";

/** What is looked up, and where. */
export interface LookupQuestion {
  readonly kind: LookupKindName;
  /** How people name it: "ai-lab", "203.0.113.5:20170/tcp", "ubuntu-*". */
  readonly name: string;
  /** Name of the project that it is looked for in. */
  readonly project?: string | undefined;
  readonly endpoint: string;
}

const inProject = " of project ";
const at = " at ";

/** The key of a question in the context file, to be read by people: "instance web of project ai-lab at http://...". */
export function keyOf({ kind, name, project, endpoint }: LookupQuestion): string {
  return `${kind} ${written(name)}${project === undefined ? "" : `${inProject}${written(project)}`}${at}${endpoint}`;
}

/** A name that could be read as more than a name is in quotes. */
const written = (name: string): string =>
  name.startsWith('"') || name.includes(inProject) || name.includes(at) ? JSON.stringify(name) : name;

const quoted = String.raw`"(?:[^"\\\x00-\x1f]|\\(?:["\\/bfnrt]|u[\da-fA-F]{4}))*"`;
const one = `(${quoted}|[^"].*?)`;
const afterKind = new RegExp(`^${one}(?:${inProject}${one})?${at}(\\S+)$`, "s");

/** The question of a key; undefined for text that is none. */
export function questionOf(key: string): LookupQuestion | undefined {
  const kinds = Object.keys(lookupKinds) as LookupKindName[];
  const kind = kinds.find((candidate) => key.startsWith(`${candidate} `));
  const match = kind && afterKind.exec(key.slice(kind.length + 1));
  if (!match) return undefined;
  const [, name = "", project, endpoint = ""] = match;
  return { kind, name: read(name), project: project === undefined ? undefined : read(project), endpoint };
}

const read = (text: string): string => (text.startsWith('"') ? (JSON.parse(text) as string) : text);

/** What a list answers to a question: what is kept of the one that is meant, or why there is none. */
export function answerFrom(
  items: readonly Answer[],
  question: LookupQuestion,
): { readonly answer: Answer } | { readonly finding: Finding } {
  const kind: LookupKind = lookupKinds[question.kind];
  const [found, ...others] = kind.meant(items, question.name);
  if (!found) return { finding: none(kind, question, items) };
  if (others.length > 0) return { finding: ambiguous(kind, question, [found, ...others]) };
  return { answer: Object.fromEntries(kind.facts.map((fact) => [fact, found[fact]])) };
}

const mostShown = 10;

function none(
  kind: LookupKind,
  { name, project, endpoint }: LookupQuestion,
  items: readonly Answer[],
): Finding {
  const names = [...new Set(items.map(kind.nameOf))].sort();
  const shown = names.length > mostShown ? [...names.slice(0, mostShown), "..."] : names;
  const place = project === undefined ? `at ${endpoint}` : `of project ${project} at ${endpoint}`;
  return {
    problem: `There is no ${kind.noun} "${name}" ${place}; it has ${shown.join(", ") || "none"}.`,
    fix: "Correct the name, or make it first.",
  };
}

function ambiguous(kind: LookupKind, question: LookupQuestion, found: readonly Answer[]): Finding {
  const described = found.slice(0, mostShown).map(kind.describe);
  const more = found.length > mostShown ? ` and ${found.length - mostShown} more` : "";
  return {
    problem: `"${keyOf(question)}" may be any of ${found.length}: ${described.join(", ")}${more}.`,
    fix: kind.ambiguous,
  };
}
