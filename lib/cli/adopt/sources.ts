import type { PortForward } from "../../contract";
import { parseCidr } from "../../contract/cidr";
import type { FoundProject } from "./found";
import { list, text } from "./literal";
import { camelCase, forwardIds, instanceId, type Names } from "./names";

/** Lists of sources as code: those that several forwards share are constants. */
export class Sources {
  private readonly constants = new Map<string, string>();
  private readonly lists = new Map<string, readonly string[]>();

  /** @param names of the file's constants */
  constructor(projects: readonly FoundProject[], names: Names) {
    const users = new Map<string, { forward: PortForward; instance: string }[]>();
    for (const { instances } of projects) {
      for (const { instance, forwards } of instances) {
        for (const forward of forwards) {
          if (forward.allowedCidrs.length === 0) continue;
          const key = keyOf(forward);
          if (!this.lists.has(key)) this.lists.set(key, forward.allowedCidrs);
          users.set(key, [...(users.get(key) ?? []), { forward, instance: instanceId(instance) }]);
        }
      }
    }
    for (const [key, all] of users) {
      if (all.length > 1) this.constants.set(key, names.take(nameFor(all)));
    }
  }

  /** The constants' declarations. */
  get declarations(): string[] {
    return [...this.constants].map(([key, name]) => {
      const before = `const ${name} = `;
      return `${before}${list(this.lists.get(key)!.map(peer), before, "")};`;
    });
  }

  /** Whether any source is named in the code. */
  get areUsed(): boolean {
    return this.lists.size > 0;
  }

  /** The sources of a forward as code; undefined where everyone may connect. */
  codeOf(forward: PortForward, indent: string): string | undefined {
    if (forward.allowedCidrs.length === 0) return undefined;
    const items = forward.allowedCidrs.map(peer);
    return this.constants.get(keyOf(forward)) ?? list(items, `${indent}allowedCidrs: `, indent);
  }
}

/** Sources are a set: their order is nothing. */
const keyOf = ({ allowedCidrs }: PortForward): string => [...allowedCidrs].sort().join();

/** By what its forwards have in common: what they are for, or where they lead. */
function nameFor(users: readonly { readonly forward: PortForward; readonly instance: string }[]): string {
  const common = (names: readonly string[]) => (new Set(names).size === 1 ? names[0] : undefined);
  const purpose = common(users.map(({ forward }) => forwardIds(forward)[0]!));
  const name = purpose ?? common(users.map(({ instance }) => instance));
  return name === undefined ? "sharedSources" : `${camelCase(name)}Sources`;
}

function peer(cidr: string): string {
  if (cidr === "0.0.0.0/0") return "Peer.anyIpv4()";
  if (cidr === "::/0") return "Peer.anyIpv6()";
  return `Peer.ipv${parseCidr(cidr)?.family ?? 4}(${text(cidr)})`;
}
