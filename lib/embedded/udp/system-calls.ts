import { getSystemErrorName } from "node:util";

/** Memory outside of JavaScript's own, which stays where it is. */
export interface Memory {
  readonly buffer: ArrayBuffer;
  /** Where it begins, for structures that point into it. */
  readonly address: number;
}

/** `AF_INET`: the family of IPv4. */
export const internet = 2;

/** `MSG_DONTWAIT`: what cannot be taken or sent at once fails. */
export const withoutWaiting = 0x40;

/** `SOCK_CLOEXEC` and `EPOLL_CLOEXEC`: no process that is started inherits the descriptor. */
export const closeOnExec = 0o2000000;

/** `SOCK_DGRAM` and `SOCK_NONBLOCK`: a socket of datagrams that never blocks. */
export const datagramSocket = 2 | 0o4000 | closeOnExec;

/** An option of a socket: its level and its name. */
export type SocketOption = readonly [level: number, name: number];

/** `SOL_SOCKET` and `SO_REUSEADDR`: others may have the same port. */
export const reuseAddress: SocketOption = [1, 2];

/** `SOL_UDP` and `UDP_SEGMENT`: a message is as many datagrams as its bytes make of this size. */
export const udpSegment: SocketOption = [17, 103];

/** Calls of Linux by their own names; each returns -1 when it fails, and `errno` says why. */
export interface SystemCalls {
  socket(domain: number, type: number, protocol: number): number;
  bind(fd: number, name: Uint8Array, nameBytes: number): number;
  connect(fd: number, name: Uint8Array, nameBytes: number): number;
  setsockopt(fd: number, level: number, option: number, value: Uint8Array, bytes: number): number;
  close(fd: number): number;
  sendto(
    fd: number,
    message: Uint8Array,
    bytes: number,
    flags: number,
    name: Uint8Array | null,
    nameBytes: number,
  ): number;
  /** @param headers address of `count` structures of the type `mmsghdr` */
  recvmmsg(fd: number, headers: number, count: number, flags: number, timeout: null): number;
  sendmmsg(fd: number, headers: number, count: number, flags: number): number;
  epoll_create1(flags: number): number;
  epoll_ctl(set: number, operation: number, fd: number, event: Uint8Array): number;
  /** @param events address of `most` structures of the type `epoll_event` */
  epoll_wait(set: number, events: number, most: number, ms: number): number;
  /** Memory that is never given back. */
  allocate(bytes: number): Memory;
  /** The number of the error by which the last call has failed. */
  errno(): number;
}

/** Whether the system has set an option of a socket. */
export function setOption(
  calls: SystemCalls,
  fd: number,
  [level, name]: SocketOption,
  value: number,
): boolean {
  const encoded = new Uint8Array(Int32Array.of(value).buffer);
  return calls.setsockopt(fd, level, name, encoded, encoded.length) === 0;
}

/** An error as Node.js has it for a number. */
export function systemError(errno: number): NodeJS.ErrnoException {
  const code = errno > 0 ? getSystemErrorName(-errno) : "UNKNOWN";
  return Object.assign(new Error(code), { errno: -errno, code });
}

/** An error that says which call the system refuses, and why. */
export const refusedCall = (name: keyof SystemCalls, errno: number): Error =>
  new Error(`${name}: ${systemError(errno).code}`);

/** Where structures are laid out, and constants have the values, that the sockets of this folder rely on. */
const isKnownSystem = process.platform === "linux" && ["x64", "arm64"].includes(process.arch);

/**
 * The one place that loads `koffi`, an optional peer; undefined where it is not installed, or the system is another one.
 * @throws Error when it is installed and cannot be loaded
 */
export function loadSystemCalls(): SystemCalls | undefined {
  if (!isKnownSystem) return undefined;
  try {
    require.resolve("koffi");
  } catch {
    return undefined;
  }
  const koffi = require("koffi") as typeof import("koffi", { with: { "resolution-mode": "import" }});
  const libc = koffi.load(null);
  return {
    socket: libc.func("int socket(int, int, int)"),
    bind: libc.func("int bind(int, const void *, unsigned int)"),
    connect: libc.func("int connect(int, const void *, unsigned int)"),
    setsockopt: libc.func("int setsockopt(int, int, int, const void *, unsigned int)"),
    close: libc.func("int close(int)"),
    sendto: libc.func("long sendto(int, const void *, size_t, int, const void *, unsigned int)"),
    // As a number, the address needs no memory of its own with each call.
    recvmmsg: libc.func("int recvmmsg(int, size_t, unsigned int, int, void *)"),
    sendmmsg: libc.func("int sendmmsg(int, size_t, unsigned int, int)"),
    epoll_create1: libc.func("int epoll_create1(int)"),
    epoll_ctl: libc.func("int epoll_ctl(int, int, int, const void *)"),
    epoll_wait: libc.func("int epoll_wait(int, size_t, int, int)"),
    allocate(bytes) {
      const pointer = koffi.alloc("uint8_t", bytes);
      return { buffer: koffi.view(pointer, bytes), address: Number(koffi.address(pointer)) };
    },
    errno: () => koffi.errno() as number,
  };
}
