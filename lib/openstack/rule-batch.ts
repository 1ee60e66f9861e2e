import { type Cloud, CloudError, isAnswer } from "./cloud";
import type { NeutronRule } from "./neutron";

/** A rule to be made. */
export type NewRule = Omit<NeutronRule, "id" | "remote_group_id" | "remote_address_group_id">;

interface Entry {
  readonly rules: readonly NewRule[];
  resolve(made: NeutronRule[]): void;
  reject(reason: unknown): void;
}

/**
 * Makes rules of security groups, many with one request: those that are asked for while a request is under way go
 * together with the next one. A hundred forwards at once cost a few requests more than their own.
 */
export class RuleBatch {
  private waiting: Entry[] = [];
  private running = false;

  constructor(private readonly cloud: Cloud) {}

  /** Makes rules, all or none. @throws CloudError */
  make(rules: readonly NewRule[]): Promise<NeutronRule[]> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ rules, resolve, reject });
      if (!this.running) void this.run();
    });
  }

  private async run(): Promise<void> {
    this.running = true;
    while (this.waiting.length > 0) {
      const entries = this.waiting;
      this.waiting = [];
      const failure = entries.length > 1 ? await this.together(entries) : "alone";
      // One of them is at fault, and only alone it says which.
      if (failure) for (const entry of entries) await this.alone(entry);
    }
    this.running = false;
  }

  private async together(entries: readonly Entry[]): Promise<unknown> {
    try {
      const made = await this.post(entries.flatMap(({ rules }) => rules));
      for (const entry of entries)
        entry.resolve(entry.rules.map((rule) => made.find((one) => sameRule(one, rule))!));
      return undefined;
    } catch (error) {
      return error;
    }
  }

  private async alone({ rules, resolve, reject }: Entry): Promise<void> {
    for (let removed = 0; ; removed++) {
      try {
        return resolve(await this.post(rules));
      } catch (error) {
        const inTheWay = existingRule(error);
        if (!inTheWay || removed >= rules.length) return reject(error);
        // In a group of ours, what lets in the same is of a forward that is gone.
        await this.remove(inTheWay).catch(reject);
      }
    }
  }

  private async post(rules: readonly NewRule[]): Promise<NeutronRule[]> {
    const body = { security_group_rules: rules };
    // A repeated request finds its own rules in the way, and makes them anew.
    const answer = await this.cloud.request<{ security_group_rules: NeutronRule[] }>(
      ...(["network", "POST", "/security-group-rules"] as const),
      { body, repeatable: true },
    );
    return answer.security_group_rules;
  }

  /** Removes a rule; one that is gone already is none to remove. @throws CloudError */
  async remove(id: string): Promise<void> {
    try {
      await this.cloud.request("network", "DELETE", `/security-group-rules/${id}`);
    } catch (error) {
      if (!isAnswer(error, 404)) throw error;
    }
  }
}

/** Whether two rules of a group let in the same, in the same spelling. */
export function sameRule(one: NewRule | NeutronRule, other: NewRule | NeutronRule): boolean {
  return (
    one.security_group_id === other.security_group_id &&
    one.ethertype === other.ethertype &&
    one.protocol === other.protocol &&
    one.port_range_min === other.port_range_min &&
    one.port_range_max === other.port_range_max &&
    one.remote_ip_prefix === other.remote_ip_prefix &&
    one.description === other.description
  );
}

/** Neutron says which rule is in the way in its message alone. */
function existingRule(error: unknown): string | undefined {
  const told =
    error instanceof CloudError && error.status === 409 && error.type === "SecurityGroupRuleExists";
  return told ? /Rule id is ([0-9a-f-]{36})/.exec(error.message)?.[1] : undefined;
}
