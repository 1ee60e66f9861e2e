import type { PortSpan } from "../contract";
import { isAnswer } from "./cloud";
import type { ForwardBook, ForwardPages } from "./forward-book";
import type { ForwardRecord, ForwardRoute } from "./forward-record";
import { ourName } from "./marks";
import type { NeutronPort, NeutronRule } from "./neutron";
import { ourGroups, PortGroups } from "./port-group";
import { type NewRule, RuleBatch, sameRule } from "./rule-batch";

/** What `allowedCidrs` says of a forward whose rules are gone: nobody, for no packet has this source. */
export const nobody: readonly string[] = ["0.0.0.0/32"];

/**
 * Who may use a forward: rules of the security group that its port has for this. A rule is there only while its forward
 * is, so a run that ends in the middle leaves a forward that is closed, never an opening without a forward.
 */
export class ForwardAccess {
  readonly groups: PortGroups;
  private readonly batch: RuleBatch;

  constructor(private readonly book: ForwardBook) {
    this.groups = new PortGroups(book);
    this.batch = new RuleBatch(book.cloud);
  }

  /**
   * Lets the sources in, where they are not yet. Resolves with the rules that it has made, to take back, and with those
   * of the forward that let in what is not asked for any more.
   * @throws CloudError
   */
  async open(
    forward: { readonly id: string } & Pick<ForwardRoute, "protocol" | "internal">,
    port: NeutronPort,
    cidrs: readonly string[],
  ): Promise<{ made: NeutronRule[]; stale: NeutronRule[] }> {
    const mine = rulesOf(await this.book.current(), forward.id);
    // Without port security everything is let in, and there are no groups.
    if (port.port_security_enabled === false) return { made: [], stale: mine };
    for (let attempt = 1; ; attempt++) {
      const group = await this.groups.ensure(port.id);
      const wanted = wantedRules(group.id, forward, cidrs);
      const missing = wanted.filter((rule) => !mine.some((one) => sameRule(one, rule)));
      try {
        const made = missing.length === 0 ? [] : await this.batch.make(missing);
        await this.book.note((pages) => addRules(pages, made));
        return { made, stale: mine.filter((one) => !wanted.some((rule) => sameRule(one, rule))) };
      } catch (error) {
        // Somebody else has found the group empty, and has removed it.
        if (!isAnswer(error, 404) || attempt > 1) throw error;
        await this.book.reload();
      }
    }
  }

  /** Takes rules away. @throws CloudError */
  async close(rules: readonly NeutronRule[]): Promise<void> {
    // One after the other: there may be 256 of them, and other forwards beside this one.
    for (const { id } of rules) await this.batch.remove(id);
    await this.book.note((pages) => dropRules(pages, rules));
  }
}

/** The rules of a forward, in whichever group they are. */
export function rulesOf({ groups }: ForwardPages, forwardId: string): NeutronRule[] {
  const mark = ruleMark(forwardId);
  return [...groups.values()].flatMap((group) =>
    group.security_group_rules.filter(({ description }) => description === mark),
  );
}

/** Who may use a forward, as its rules say; of a forward that others have made, we know of no restriction. */
export function sourcesOf(pages: ForwardPages, record: ForwardRecord): readonly string[] {
  const port = pages.ports.get(record.portId);
  if (!record.mark || !port || port.port_security_enabled === false) return [];
  const ours = new Set(ourGroups(pages, port).map(({ id }) => id));
  const ports = portsOf(record.internal);
  const rules = rulesOf(pages, record.id).filter(
    (rule) =>
      ours.has(rule.security_group_id) &&
      rule.protocol === record.protocol &&
      rule.port_range_min === ports.port_range_min &&
      rule.port_range_max === ports.port_range_max,
  );
  if (rules.some((rule) => rule.remote_ip_prefix === null)) return [];
  return rules.length === 0 ? nobody : rules.map((rule) => rule.remote_ip_prefix!).sort();
}

function wantedRules(
  groupId: string,
  forward: { readonly id: string } & Pick<ForwardRoute, "protocol" | "internal">,
  cidrs: readonly string[],
): NewRule[] {
  return (cidrs.length === 0 ? [null] : [...new Set(cidrs)]).map((cidr) => ({
    security_group_id: groupId,
    direction: "ingress",
    ethertype: cidr?.includes(":") ? "IPv6" : "IPv4",
    protocol: forward.protocol,
    ...portsOf(forward.internal),
    remote_ip_prefix: cidr,
    description: ruleMark(forward.id),
  }));
}

const portsOf = ({ first, count }: PortSpan) => ({
  port_range_min: first,
  port_range_max: first + count - 1,
});

const marked = `${ourName} `;
const ruleMark = (forwardId: string): string => marked + forwardId;

/** The forward that a rule was made for; undefined for a rule that others have made. */
export const forwardOf = ({ description }: NeutronRule): string | undefined =>
  description?.startsWith(marked) ? description.slice(marked.length) : undefined;

function addRules(pages: ForwardPages, rules: readonly NeutronRule[]): void {
  for (const rule of rules) {
    const group = pages.groups.get(rule.security_group_id);
    if (!group) continue;
    const others = group.security_group_rules.filter(({ id }) => id !== rule.id);
    pages.groups.set(group.id, { ...group, security_group_rules: [...others, rule] });
  }
}

function dropRules(pages: ForwardPages, rules: readonly NeutronRule[]): void {
  const gone = new Set(rules.map(({ id }) => id));
  for (const group of pages.groups.values()) {
    const left = group.security_group_rules.filter(({ id }) => !gone.has(id));
    if (left.length < group.security_group_rules.length)
      pages.groups.set(group.id, { ...group, security_group_rules: left });
  }
}
