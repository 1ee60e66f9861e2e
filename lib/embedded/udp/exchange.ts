import { IncomingDatagrams } from "./incoming-datagrams";
import { OutgoingDatagrams } from "./outgoing-datagrams";
import { ReadySet } from "./ready-set";
import { datagramSocket, internet, type SystemCalls, setOption, udpSegment } from "./system-calls";

/** A socket that takes datagrams in, and sends those of others. */
export interface Exchanging {
  /** Takes what is there, batch by batch, and sends what became of each; how many it took. */
  drain(): number;
  /** Sends what of the datagrams that came in goes out here. */
  flush(): void;
  /** What it could not send is never sent. */
  forget(): void;
}

/** What all sockets share: datagrams of one come in, and have gone out into others before those of the next come. */
export class Exchange {
  readonly sockets: ReadySet<Exchanging>;
  readonly incoming: IncomingDatagrams;
  readonly outgoing: OutgoingDatagrams;
  /** Whether the system knows several datagrams as one message: where it does not, it sends them as one datagram. */
  readonly joins: boolean;
  /** The sockets that have some of what came in to send. */
  readonly unsent: Exchanging[] = [];
  #turn = 0;
  #isTurnOver = true;
  #idleTurn = 0;

  constructor(readonly calls: SystemCalls) {
    this.sockets = new ReadySet(calls);
    this.incoming = new IncomingDatagrams(calls);
    this.outgoing = new OutgoingDatagrams(calls, this.incoming);
    const fd = calls.socket(internet, datagramSocket, 0);
    this.joins = setOption(calls, fd, udpSegment, 0);
    calls.close(fd);
  }

  /** A number that no other turn of the event loop has. */
  get turn(): number {
    if (this.#isTurnOver) {
      this.#isTurnOver = false;
      this.#turn++;
      setImmediate(() => {
        this.#isTurnOver = true;
      });
    }
    return this.#turn;
  }

  /**
   * Takes what waits at all sockets, within the bounds of each, and sends what became of it: Node.js tells of each
   * datagram by itself, which costs more. Where that was nothing, it is left to Node.js for the rest of the turn.
   */
  carry(): void {
    try {
      if (this.#idleTurn === this.turn) return;
      let taken = 0;
      for (const socket of this.sockets.ready()) taken += socket.drain();
      if (taken === 0) this.#idleTurn = this.turn;
    } finally {
      this.flush();
    }
  }

  /** Sends what came in, or forgets it: other bytes take its place next. */
  flush(): void {
    if (this.unsent.length === 0) return;
    const sockets = this.unsent.splice(0);
    try {
      for (const socket of sockets) socket.flush();
    } finally {
      for (const socket of sockets) socket.forget();
    }
  }
}
