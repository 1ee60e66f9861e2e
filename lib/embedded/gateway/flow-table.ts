import { Conversations } from "./conversations";
import type { Flow } from "./flow";

/** The flows of a UDP route, over all of its ports: how many there may be, and which of them give way. */
export class FlowTable {
  readonly #most: number;
  #size = 0;
  /**
   * Flows that were not seen to converse, oldest first: no answer yet, or no datagram of the client after it.
   * Whoever forges source addresses makes only such flows, so they alone give way when the table is full, and
   * conversations that go on are not pushed out by newcomers, unless one address has most of them.
   */
  #fresh: Set<Flow> | undefined;
  #conversations: Conversations | undefined;

  constructor(most: number) {
    this.#most = most;
  }

  /** Makes room for a flow of a client; false when it is full of conversations that do not give way. */
  makeRoom(address: string): boolean {
    if (this.#size < this.#most) return true;
    const [oldest] = this.#fresh ?? [];
    const giving = oldest ?? this.#conversations?.yielding(address);
    giving?.drop("displaced");
    return giving !== undefined;
  }

  add(flow: Flow): void {
    this.#size++;
    this.#fresh ??= new Set();
    this.#fresh.add(flow);
  }

  /** The client has written after an answer: from now on the flow keeps its place. */
  converses(flow: Flow): void {
    this.#fresh?.delete(flow);
    this.#conversations ??= new Conversations(this.#most);
    this.#conversations.add(flow);
  }

  remove(flow: Flow): void {
    this.#size--;
    this.#fresh?.delete(flow);
    this.#conversations?.remove(flow);
  }
}

/**
 * The flows of one port, by client: by the number of its port first, which is cheaper to find than a text made of port
 * and address with every datagram.
 */
export class ClientTable {
  readonly #byPort = new Map<number, Flow>();

  get(port: number, address: string): Flow | undefined {
    let flow = this.#byPort.get(port);
    while (flow !== undefined && flow.remoteAddress !== address) flow = flow.next;
    return flow;
  }

  add(flow: Flow): void {
    flow.next = this.#byPort.get(flow.remotePort);
    this.#byPort.set(flow.remotePort, flow);
  }

  /** False when it is not there any more. */
  remove(flow: Flow): boolean {
    const { remotePort: port, next } = flow;
    const first = this.#byPort.get(port);
    if (first !== flow) {
      let before = first;
      while (before !== undefined && before.next !== flow) before = before.next;
      if (before === undefined) return false;
      before.next = next;
    } else if (next === undefined) this.#byPort.delete(port);
    else this.#byPort.set(port, next);
    flow.next = undefined;
    return true;
  }

  *values(): Iterable<Flow> {
    for (const first of [...this.#byPort.values()])
      for (let flow: Flow | undefined = first, next = first.next; flow; flow = next) {
        next = flow.next;
        yield flow;
      }
  }
}
