import { event } from "./structures";
import { closeOnExec, type SystemCalls, systemError } from "./system-calls";

/** Descriptors that one call tells of. */
const most = 256;

/** `EPOLLIN`. */
const readable = 1;

/** `EPOLL_CTL_ADD` and `EPOLL_CTL_DEL`. */
const add = 1;
const remove = 2;

/** Tells by one call which of many descriptors have something to be taken, or an error to be told. */
export class ReadySet<Owner> {
  readonly #calls: SystemCalls;
  readonly #fd: number;
  readonly #owners = new Map<number, Owner>();
  readonly #events: DataView;
  readonly #address: number;

  /** @throws NodeJS.ErrnoException when the system has no descriptor left */
  constructor(calls: SystemCalls) {
    this.#calls = calls;
    this.#fd = calls.epoll_create1(closeOnExec);
    if (this.#fd === -1) throw systemError(calls.errno());
    const { buffer, address } = calls.allocate(most * event.bytes);
    this.#events = new DataView(buffer);
    this.#address = address;
  }

  /** @throws NodeJS.ErrnoException when the system refuses it */
  add(fd: number, owner: Owner): void {
    if (this.#change(add, fd) === -1) throw systemError(this.#calls.errno());
    this.#owners.set(fd, owner);
  }

  /** Has to come before the descriptor is closed. */
  remove(fd: number): void {
    this.#change(remove, fd);
    this.#owners.delete(fd);
  }

  /** The owners of those that are ready now. */
  ready(): readonly Owner[] {
    const owners: Owner[] = [];
    const count = this.#calls.epoll_wait(this.#fd, this.#address, most, 0);
    for (let i = 0; i < count; i++) {
      const owner = this.#owners.get(this.#events.getUint32(i * event.bytes + event.data, true));
      if (owner !== undefined) owners.push(owner);
    }
    return owners;
  }

  #change(operation: number, fd: number): number {
    const wanted = new DataView(new ArrayBuffer(event.bytes));
    wanted.setUint32(event.events, readable, true);
    wanted.setUint32(event.data, fd, true);
    return this.#calls.epoll_ctl(this.#fd, operation, fd, new Uint8Array(wanted.buffer));
  }
}
