import { setTimeout as sleep } from "node:timers/promises";
import { Turns } from "../contract";
import { type Cloud, isAnswer } from "./cloud";
import type { ForwardBook, ForwardPages } from "./forward-book";
import { ourDescription, ourName } from "./marks";
import { type NeutronGroup, type NeutronPort, type NeutronRule, portFields } from "./neutron";

/**
 * How often a port is read again that somebody else changes at the same time. Each forward that is made to it counts as
 * a change, so that whoever makes many leaves little time between two of them.
 */
const tries = 30;

/**
 * The security group of ours that a port has while forwards lead to it, and what becomes of it. Groups of others are
 * never changed; ours lets nothing out, so that it opens no more than its rules say.
 */
export class PortGroups {
  private readonly turns = new Turns();

  constructor(private readonly book: ForwardBook) {}

  /** The group of a port, made and put on it when it has none. @throws CloudError */
  ensure(portId: string): Promise<NeutronGroup> {
    return this.turns.take(portId, async () => {
      const pages = await this.book.current();
      return ourGroups(pages, pages.ports.get(portId))[0] ?? (await this.attach(portId));
    });
  }

  /** Takes the group from a port, when no forward needs it any more. @throws CloudError */
  async release(portId: string): Promise<void> {
    await this.turns.take(portId, async () => {
      const pages = await this.book.current();
      for (const group of ourGroups(pages, pages.ports.get(portId))) {
        if (group.security_group_rules.length > 0) continue;
        const rules = await this.cloud.list<NeutronRule>(
          ...(["network", "/security-group-rules", "security_group_rules"] as const),
          { security_group_id: group.id },
        );
        // Somebody else has made forwards to this port.
        if (rules.length > 0) continue;
        await this.change(portId, (groups) => groups.filter((id) => id !== group.id)).catch((error) => {
          // Another forward that has left the port at the same time has taken it away.
          if (!isAnswer(error, 404)) throw error;
        });
        await this.remove(group.id);
      }
    });
  }

  /** Removes the group of a port that is gone. @throws CloudError */
  async forget(portId: string): Promise<void> {
    for (const group of await this.named(portId)) await this.remove(group.id);
  }

  /**
   * Removes groups of ours whose port is gone: with a server that others have deleted, its port and forwards go without
   * a word, and only the group stays. @throws CloudError
   */
  async sweep(): Promise<void> {
    const { groups, ports } = await this.book.current();
    const gone = [...groups.values()].flatMap((group) => {
      const portId = portOf(group);
      return portId === undefined || ports.has(portId) ? [] : [{ group, portId }];
    });
    for (const { group, portId } of gone) {
      const isGone = await this.cloud.request("network", "GET", `/ports/${portId}`).then(
        () => false,
        (error) => isAnswer(error, 404),
      );
      if (isGone) await this.remove(group.id);
    }
  }

  private get cloud(): Cloud {
    return this.book.cloud;
  }

  private async attach(portId: string): Promise<NeutronGroup> {
    // What a crash has left between making the group and putting it on the port.
    const [left] = await this.named(portId);
    const group = left ?? (await this.make(portId));
    const outwards = group.security_group_rules.filter(({ direction }) => direction === "egress");
    await Promise.all(
      outwards.map(({ id }) => this.cloud.request("network", "DELETE", `/security-group-rules/${id}`)),
    );
    const rules = group.security_group_rules.filter(({ direction }) => direction === "ingress");
    const ready = { ...group, security_group_rules: rules };
    await this.book.note(({ groups }) => groups.set(group.id, ready));
    await this.change(portId, (groups) => (groups.includes(group.id) ? groups : [...groups, group.id]));
    return ready;
  }

  private async make(portId: string): Promise<NeutronGroup> {
    const security_group = {
      name: groupName(portId),
      description: ourDescription(
        "for what port forwards let in to this port, and removed with the last one",
      ),
    };
    const answer = await this.cloud.request<{ security_group: NeutronGroup }>(
      ...(["network", "POST", "/security-groups"] as const),
      { body: { security_group } },
    );
    return answer.security_group;
  }

  private named(portId: string): Promise<NeutronGroup[]> {
    const query = { project_id: this.cloud.projectId, name: groupName(portId) };
    return this.cloud.list<NeutronGroup>("network", "/security-groups", "security_groups", query);
  }

  /** Changes the groups of a port, on the revision that it was read at: others change them, too. */
  private async change(
    portId: string,
    next: (groups: readonly string[]) => readonly string[],
  ): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      const path = `/ports/${portId}`;
      const read = await this.cloud.request<{ port: NeutronPort }>("network", "GET", path, {
        query: { fields: portFields },
      });
      const now = read.port.security_groups ?? [];
      const security_groups = next(now);
      try {
        const { port } =
          security_groups === now
            ? read
            : await this.cloud.request<{ port: NeutronPort }>("network", "PUT", path, {
                body: { port: { security_groups } },
                headers: { "if-match": `revision_number=${read.port.revision_number}` },
              });
        await this.book.note(({ ports }) => ports.set(portId, port));
        return;
      } catch (error) {
        if (!isAnswer(error, 412) || attempt === tries) throw error;
        await sleep(50 + Math.random() * 150);
      }
    }
  }

  private async remove(id: string): Promise<void> {
    try {
      await this.cloud.request("network", "DELETE", `/security-groups/${id}`);
    } catch (error) {
      // In use again: then somebody else has put it on a port.
      if (!isAnswer(error, 404, 409)) throw error;
    }
    await this.book.note(({ groups }) => groups.delete(id));
  }
}

/** The groups of ours that a port has: one, or several where several runs have made the first forwards at once. */
export function ourGroups(pages: ForwardPages, port: NeutronPort | undefined): NeutronGroup[] {
  return (port?.security_groups ?? [])
    .flatMap((id) => pages.groups.get(id) ?? [])
    .filter((group) => portOf(group) === port?.id);
}

/** The groups of ours that are for a port, those included that it does not have, for now. */
export function groupsOf({ groups }: ForwardPages, portId: string): NeutronGroup[] {
  const its = groupName(portId);
  return [...groups.values()].filter(({ name }) => name === its);
}

/** The ports of a project that groups of ours are for. */
export const portsWithGroups = ({ groups, ports }: ForwardPages): string[] =>
  [...groups.values()].flatMap((group) => portOf(group) ?? []).filter((portId) => ports.has(portId));

/** The port that a group of ours is for; undefined for any other group. */
export const portOf = ({ name }: NeutronGroup): string | undefined => groupNames.exec(name)?.[1];

const groupNames = new RegExp(`^${ourName}-([0-9a-f-]{36})$`);
const groupName = (portId: string): string => `${ourName}-${portId}`;
