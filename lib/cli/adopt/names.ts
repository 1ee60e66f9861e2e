import { runInNewContext } from "node:vm";
import type { Instance, PortForward } from "../../contract";
import { spanText } from "../../contract/port-range";
import { servicesAt } from "../../contract/service";
import { wordsOf } from "./words";

/** Words that say nothing about what a forward is for, since all are that. */
const fillers = new Set(
  "a access an and external for forward forwarding from in of on please port ports service services the to".split(
    " ",
  ),
);

/** A name has as many words as people read at a glance. */
const MOST_WORDS = 3;

/** What JavaScript keeps for itself, as far as it is a word that a machine may be called. */
const reserved = (
  "arguments await break case catch class const continue debugger default delete do else enum eval export " +
  "extends false finally for function if implements import in instanceof interface let new null package private " +
  "protected public return static super switch this throw true try typeof undefined var void while with yield"
).split(" ");

/** Gives each thing of a scope a name of its own, and none that a scope around it has: that one would be hidden. */
export class Names {
  private readonly taken: Set<string>;

  constructor(
    taken: readonly string[] = [],
    private readonly around?: Names,
  ) {
    this.taken = new Set(taken);
  }

  /** The first of some names that nobody has, or the last one with a number. */
  take(...candidates: readonly string[]): string {
    const free = candidates.find((name) => !this.has(name)) ?? this.numbered(candidates.at(-1)!);
    this.taken.add(free);
    return free;
  }

  private numbered(name: string): string {
    let number = 2;
    while (this.has(`${name}${number}`)) number++;
    return `${name}${number}`;
  }

  private has(name: string): boolean {
    return this.taken.has(name) || this.around?.has(name) === true;
  }
}

/** The scope around every file: words of the language, and what is there without an import, such as `Object`. */
export function language(): Names {
  const given = runInNewContext(
    "[globalThis, Object.prototype].flatMap(Object.getOwnPropertyNames)",
  ) as string[];
  return new Names([...reserved, ...given]);
}

/** "web server" gives "WebServer"; what would begin with a digit, or with nothing, begins with `otherwise`. */
export function pascalCase(words: readonly string[], otherwise: string): string {
  const name = words.map((word) => word[0]!.toUpperCase() + word.slice(1)).join("");
  return /^[A-Z]/.test(name) ? name : `${otherwise}${name}`;
}

/** "WebServer" gives "webServer". */
export const camelCase = (name: string): string => name[0]!.toLowerCase() + name.slice(1);

/** "WebServer" gives "web-server". */
export const kebabCase = (name: string): string => name.replace(/(?<=[a-z0-9])(?=[A-Z])/g, "-").toLowerCase();

/** An instance's construct id: its name, else what it is described as. */
export function instanceId({ name, description }: Instance): string {
  const words = wordsOf(name);
  return pascalCase((words.length > 0 ? words : wordsOf(description)).slice(0, MOST_WORDS + 1), "Vm");
}

/** The construct id that a forward has where none is given: "Tcp8080", "Udp6000To6010". */
export function portsId({ protocol, internalPort: first, portCount: count }: PortForward): string {
  return `${pascalCase([protocol], "")}${spanText({ first, count }).replace("-", "To")}`;
}

/** Construct ids of a forward, the best first: what it is for, what answers there, and its port. */
export function forwardIds(forward: PortForward): string[] {
  const { protocol, internalPort: first, portCount: count, description } = forward;
  const ports = portsId(forward);
  const words = wordsOf(description)
    .filter((word) => !fillers.has(word))
    .slice(0, MOST_WORDS);
  const [service] = count === 1 ? servicesAt(protocol, { first, count }) : [];
  const purpose = words.length > 0 ? words : service?.name.split(" ");
  if (purpose === undefined) return [ports];
  const name = pascalCase(purpose, "Port");
  return [name, `${name}${ports}`];
}
