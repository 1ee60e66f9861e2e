import type { Image, Instance, PortForward, Project } from "../contract";
import { forwardKey } from "../contract/port-range";
import type { Answer } from "./context-file";
import { namePattern, newestOf } from "./image-version";

/** What can be looked up: one of a list of the platform. */
export interface LookupKind {
  readonly list: "projects" | "instances" | "portForwards" | "images";
  /** What it is called in messages, within keys unless they say more. */
  readonly noun: string;
  /** What is kept of an answer, in this order: facts that do not change while the thing exists; never a status or a secret. */
  readonly facts: readonly string[];
  /** Those of a list that a name means; one has to remain. */
  meant(items: readonly Answer[], name: string): readonly Answer[];
  /** How one of a list is named. */
  nameOf(item: Answer): string;
  /** One of several that a name may mean, so that people can tell them apart. */
  describe(item: Answer): string;
  /** What to do about such a name. */
  readonly ambiguous: string;
}

/** What of a forward says which ports it has. */
type Held = Pick<PortForward, "externalIp" | "externalPort" | "portCount" | "protocol">;

const named: Pick<LookupKind, "meant" | "nameOf"> = {
  meant: (items, name) => items.filter((item) => item.name === name),
  nameOf: ({ name }) => name as string,
};

const withAge = ({ id, createdAt }: Answer): string => `${id} (made ${createdAt})`;

const image = {
  list: "images",
  noun: "image",
  facts: ["name"] as const satisfies (keyof Image)[],
  nameOf: named.nameOf,
  describe: named.nameOf,
} as const;

/** Every kind, by the words that its keys begin with. */
export const lookupKinds = {
  project: {
    list: "projects",
    noun: "project",
    facts: ["id", "name", "externalIps", "privateCidr"] as const satisfies (keyof Project)[],
    ...named,
    describe: withAge,
    ambiguous: "Name the one that you mean by its id: fromProjectId.",
  },
  instance: {
    list: "instances",
    noun: "instance",
    facts: ["id", "name", "privateIp"] as const satisfies (keyof Instance)[],
    ...named,
    // Names of instances may repeat.
    describe: withAge,
    ambiguous: "Name the one that you mean by its id: fromInstanceId.",
  },
  "port forward": {
    list: "portForwards",
    noun: "port forward",
    facts: ["id", "externalIp", "externalPort", "socketAddress"] as const satisfies (keyof PortForward)[],
    meant: (items, name) => items.filter((item) => covers(item as unknown as Held, name)),
    nameOf: (item) => forwardKey(item as unknown as Held),
    describe: withAge,
    ambiguous: "Choose another port: of one address and port there is one forward.",
  },
  image: {
    ...image,
    meant: (items, name) => items.filter((item) => namePattern(name).test(item.name as string)),
    ambiguous: "Write more of the name, or add `latest: true` for the newest of them.",
  },
  "newest image": {
    ...image,
    meant: (items, name) => newestOf(items.filter((item) => namePattern(name).test(item.name as string))),
    ambiguous: "No number in their names says which is newer: write more of the name.",
  },
} as const satisfies Record<string, LookupKind>;

/** What is looked up. */
export type LookupKindName = keyof typeof lookupKinds;

/** Whether a forward has the port that a name of one port says. */
function covers(forward: Held, name: string): boolean {
  const port = Number(/:(\d+)\/\w+$/.exec(name)?.[1]);
  const offset = port - forward.externalPort;
  if (!(offset >= 0 && offset < forward.portCount)) return false;
  return forwardKey({ ...forward, externalPort: port, portCount: 1 }) === name;
}
