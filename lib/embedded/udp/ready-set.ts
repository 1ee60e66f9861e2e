import { event } from "./structures";
import { closeOnExec, refusedCall, type SystemCalls } from "./system-calls";

/** Descriptors that one call tells of. */
const most = 256;

/** `EPOLLIN`. */
const readable = 1;

/** `EPOLL_CTL_ADD` and `EPOLL_CTL_DEL`. */
const operation = { add: 1, remove: 2 } as const;

/** Tells by one call which of many descriptors have something to be taken, or an error to be told; it lives for ever. */
export class ReadySet<Owner> {
  readonly #calls: SystemCalls;
  readonly #fd: number;
  readonly #owners = new Map<number, Owner>();
  readonly #events: DataView;
  readonly #address: number;

  /** @throws Error when the system refuses it, or has no descriptor left */
  constructor(calls: SystemCalls) {
    this.#calls = calls;
    this.#fd = calls.epoll_create1(closeOnExec);
    if (this.#fd === -1) throw refusedCall("epoll_create1", calls.errno());
    const { buffer, address } = calls.allocate(most * event.bytes);
    this.#events = new DataView(buffer);
    this.#address = address;
  }

  /** Where the system refuses it, it is told of nothing. */
  add(fd: number, owner: Owner): void {
    if (this.#change(operation.add, fd) === 0) this.#owners.set(fd, owner);
  }

  /** Has to come before the descriptor is closed. */
  remove(fd: number): void {
    this.#change(operation.remove, fd);
    this.#owners.delete(fd);
  }

  /** The owners of those that are ready now, or of as many as one call tells of. */
  ready(): readonly Owner[] {
    const owners: Owner[] = [];
    const count = this.#calls.epoll_wait(this.#fd, this.#address, most, 0);
    for (let i = 0; i < count; i++) {
      const owner = this.#owners.get(this.#events.getUint32(i * event.bytes + event.data, true));
      if (owner !== undefined) owners.push(owner);
    }
    return owners;
  }

  #change(what: number, fd: number): number {
    const wanted = new DataView(new ArrayBuffer(event.bytes));
    wanted.setUint32(event.events, readable, true);
    wanted.setUint32(event.data, fd, true);
    return this.#calls.epoll_ctl(this.#fd, what, fd, new Uint8Array(wanted.buffer));
  }
}
