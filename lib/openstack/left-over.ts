import { Turns } from "../contract";
import { type ForwardAccess, forwardOf } from "./forward-access";
import type { ForwardBook, ForwardPages } from "./forward-book";
import type { NeutronGroup, NeutronRule } from "./neutron";
import { groupsOf, portOf } from "./port-group";

/**
 * Rules of ours that stand for no forward any more. A forward that others have deleted leaves its rules behind, and so
 * does a run that ends in the middle: what they let in would reach the next forward to the same port, too.
 */
export class LeftOver {
  private readonly turns = new Turns();
  /** Forwards that are nowhere just now, on their way to another address. */
  private readonly moving = new Set<string>();

  constructor(
    private readonly book: ForwardBook,
    private readonly access: ForwardAccess,
  ) {}

  /** Closes what of a port is open for no forward. @throws CloudError */
  async close(portId: string): Promise<void> {
    if (this.rules(await this.book.current(), portId).length === 0) return;
    await this.turns.take(portId, async () => {
      const seen = new Set(this.rules(await this.book.current(), portId).map(({ id }) => id));
      if (seen.size === 0) return;
      // A rule is made behind its forward: a list that is read behind the rule has the forward, if there is one.
      const now = this.rules(await this.book.reload(), portId);
      await this.access.close(now.filter(({ id }) => seen.has(id)));
    });
  }

  /** The ports that have such rules. */
  ports(pages: ForwardPages): string[] {
    const found = [...pages.groups.values()].filter((group) => this.isLeftOverIn(pages, group));
    return [...new Set(found.flatMap((group) => portOf(group) ?? []))].filter((portId) =>
      pages.ports.has(portId),
    );
  }

  /** Says that a forward is between two addresses, until what this returns is called: its rules are none of these. */
  keep(forwardId: string): () => void {
    this.moving.add(forwardId);
    return () => this.moving.delete(forwardId);
  }

  /** What others have put into a group of ours bears no mark, and is theirs. */
  private rules(pages: ForwardPages, portId: string): NeutronRule[] {
    return groupsOf(pages, portId)
      .flatMap((group) => group.security_group_rules)
      .filter((rule) => this.isLeftOver(pages, rule));
  }

  private isLeftOverIn(pages: ForwardPages, { security_group_rules }: NeutronGroup): boolean {
    return security_group_rules.some((rule) => this.isLeftOver(pages, rule));
  }

  private isLeftOver(pages: ForwardPages, rule: NeutronRule): boolean {
    const forwardId = forwardOf(rule);
    return forwardId !== undefined && !pages.records.has(forwardId) && !this.moving.has(forwardId);
  }
}
