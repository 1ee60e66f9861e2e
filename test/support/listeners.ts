import { readFileSync } from "node:fs";

/** Everything that listens on an address of this machine, as the kernel knows it: `127.0.0.1:20170/tcp`. */
export function listeners(address: string): string[] {
  return (["tcp", "udp"] as const).flatMap((protocol) =>
    readFileSync(`/proc/net/${protocol}`, "latin1")
      .split("\n")
      .slice(1)
      .map((line) => line.trim().split(/\s+/))
      // Of TCP those that listen, of UDP those without a peer.
      .filter(([, , , state]) => state === (protocol === "tcp" ? "0A" : "07"))
      .map(([, local]) => socketAddress(local!))
      .filter(({ ip }) => ip === address)
      .map(({ ip, port }) => `${ip}:${port}/${protocol}`),
  );
}

/** `0100007F:4ECA` is 127.0.0.1:20170. */
function socketAddress(hex: string): { ip: string; port: number } {
  const [ip = "", port = ""] = hex.split(":");
  const bytes = ip.match(/../g)!.map((byte) => Number.parseInt(byte, 16));
  return { ip: bytes.reverse().join("."), port: Number.parseInt(port, 16) };
}
