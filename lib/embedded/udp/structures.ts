/** Structures as Linux lays them out on 64 bits: where the fields are that are used; all others stay 0. */

/** `struct mmsghdr`: a message, and how many of its bytes were taken. */
export const header = {
  bytes: 64,
  name: 0,
  nameBytes: 8,
  part: 16,
  parts: 24,
  control: 32,
  controlBytes: 40,
  length: 56,
} as const;

/** `struct iovec`: one stretch of memory. */
export const part = { bytes: 16, base: 0, length: 8 } as const;

/** `struct sockaddr_in`: an IPv4 address and a port, both in the network's order. */
export const name = { bytes: 16, family: 0, port: 2, address: 4 } as const;

/** `struct cmsghdr` with a number of 16 bits behind it. */
export const control = { bytes: 24, length: 0, level: 8, type: 12, value: 16, used: 18 } as const;

/** `struct epoll_event`, which has no gap on x64. */
export const event =
  process.arch === "x64"
    ? ({ bytes: 12, events: 0, data: 4 } as const)
    : ({ bytes: 16, events: 0, data: 8 } as const);

/** Writes a pointer: in two halves, for a number of 64 bits would be an object of its own. */
export function writePointer(view: DataView, at: number, pointer: number): void {
  view.setUint32(at, pointer % 2 ** 32, true);
  view.setUint32(at + 4, pointer / 2 ** 32, true);
}
