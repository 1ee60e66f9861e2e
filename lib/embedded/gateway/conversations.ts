import { parseCidr } from "../../contract";
import type { Flow } from "./flow";

/** One address's share of a route's conversations is its flows by so many: fewer than that have more than theirs. */
const shares = 8;

/**
 * The flows of a UDP route whose clients converse, by the client's address. Addresses that have more than their share
 * give way to others when there is no room, so that no one client keeps everybody out; who has one alone never does.
 */
export class Conversations {
  readonly #share: number;
  /** Of each address, the oldest first. */
  readonly #byAddress = new Map<string, Set<Flow>>();
  readonly #greedy = new Set<string>();

  /** @param most flows that the route may have */
  constructor(most: number) {
    this.#share = Math.max(1, most / shares);
  }

  add(flow: Flow): void {
    const address = clientOf(flow.remoteAddress);
    const flows = this.#byAddress.get(address) ?? new Set();
    this.#byAddress.set(address, flows.add(flow));
    if (flows.size > this.#share) this.#greedy.add(address);
  }

  remove(flow: Flow): void {
    const address = clientOf(flow.remoteAddress);
    const flows = this.#byAddress.get(address);
    if (!flows?.delete(flow)) return;
    if (flows.size <= this.#share) this.#greedy.delete(address);
    if (flows.size === 0) this.#byAddress.delete(address);
  }

  /** The flow that gives way to a newcomer; undefined where none has to. */
  yielding(newcomer: string): Flow | undefined {
    const own = clientOf(newcomer);
    let most: Set<Flow> | undefined;
    for (const address of this.#greedy) {
      const flows = this.#byAddress.get(address)!;
      if (address !== own && flows.size > (most?.size ?? 0)) most = flows;
    }
    const [oldest] = most ?? [];
    return oldest;
  }
}

/** An IPv4 address; of IPv6 the network of 64 bits, since a client has all of its addresses. */
function clientOf(address: string): string {
  const [bare = ""] = address.split("%");
  const network = bare.includes(":") ? parseCidr(`${bare}/64`)?.network : undefined;
  return network === undefined ? address : String(network >> 64n);
}
