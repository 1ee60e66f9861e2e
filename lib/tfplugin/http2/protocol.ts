/** HTTP/2 as RFC 9113 numbers it. */

/** Bytes of a frame's header: length, type, flags, stream. */
export const FRAME_HEADER = 9;

/** The longest payload that a peer may send without being told otherwise. */
export const DEFAULT_FRAME_SIZE = 0x4000;

/** The largest window, and the largest number of a stream. */
export const MAX_31_BIT = 0x7fffffff;

/** Every client begins with these bytes, in front of its first frame. */
export const PREFACE = Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "latin1");

export const frameType = {
  data: 0,
  headers: 1,
  priority: 2,
  rstStream: 3,
  settings: 4,
  pushPromise: 5,
  ping: 6,
  goAway: 7,
  windowUpdate: 8,
  continuation: 9,
} as const;

export const flag = { endStream: 0x1, ack: 0x1, endHeaders: 0x4, padded: 0x8, priority: 0x20 } as const;

export const setting = {
  headerTableSize: 1,
  enablePush: 2,
  initialWindowSize: 4,
  maxFrameSize: 5,
} as const;

export const errorCode = {
  none: 0,
  protocol: 1,
  flowControl: 3,
  streamClosed: 5,
  frameSize: 6,
  compression: 9,
  enhanceYourCalm: 11,
  inadequateSecurity: 12,
} as const;

/** The peer broke a rule that concerns the whole connection, which has to end. */
export class ConnectionError extends Error {
  constructor(
    readonly code: number,
    message: string,
  ) {
    super(message);
  }
}
