import type { Fixture } from "./fixture";
import { rejection } from "./rejection";
import { hostAndPort, tcpExchange } from "./traffic";

const signature = "\r\n\r\n\0\r\nQUIT\n";
/** Version 2, command PROXY; the family and length of each kind of header, a character for each byte. */
const headers: Readonly<Record<string, number>> = { "\x21\x11": 12, "\x21\x21": 36 };

/** What platforms do that tell instances the address of a client. */
export function proxyProtocolBehaviour(fixture: Fixture): void {
  const input = async () => ({ ...(await fixture.target("echo")), internalPort: 7007 });

  /** What comes before an echo: undefined where that is nothing, the ports of a PROXY header where it is one. */
  const heard = async (socketAddress: string): Promise<{ from: number; to: number } | undefined> => {
    const sent = "who am I?";
    const echoed = await tcpExchange(socketAddress, sent, sent.length);
    if (echoed === sent) return undefined;
    const bytes = Buffer.from(echoed, "latin1");
    expect(echoed.slice(0, 12)).toBe(signature);
    const length = headers[echoed.slice(12, 14)];
    expect(bytes.readUInt16BE(14)).toBe(length);
    expect(echoed.slice(16 + length!)).toBe(sent);
    return { from: bytes.readUInt16BE(12 + length!), to: bytes.readUInt16BE(14 + length!) };
  };

  fixture.test(
    ["proxyProtocol", "packets"],
    "an instance is told the client's address before its first byte; a change applies to the next connection",
    async () => {
      const { portForwards } = fixture.platform;
      const forward = await portForwards.create({ ...(await input()), proxyProtocol: true });
      expect(forward.proxyProtocol).toBe(true);
      const told = await heard(forward.socketAddress);
      expect(told?.to).toBe(hostAndPort(forward.socketAddress).port);
      expect(told?.from).toBeGreaterThan(0);
      const without = await portForwards.update(forward.id, { proxyProtocol: false });
      expect(without.proxyProtocol).toBe(false);
      expect(await heard(forward.socketAddress)).toBeUndefined();
      await portForwards.update(forward.id, { proxyProtocol: true });
      expect(await heard(forward.socketAddress)).toBeDefined();
    },
  );

  fixture.test(
    ["proxyProtocol"],
    "udp has no connection that could begin with a header, on create and on change",
    async () => {
      const { portForwards } = fixture.platform;
      const udp = { ...(await input()), protocol: "udp" as const };
      const error = await rejection(portForwards.create({ ...udp, proxyProtocol: true }), "invalid_argument");
      expect(error.field).toBe("/proxyProtocol");
      expect(error.message).toContain("Leave it out, or forward tcp");
      const forward = await portForwards.create({ ...(await input()), proxyProtocol: true });
      await rejection(portForwards.update(forward.id, { protocol: "udp" }), "invalid_argument");
      expect(await portForwards.get(forward.id)).toMatchObject({ protocol: "tcp", proxyProtocol: true });
      expect(await portForwards.update(forward.id, { protocol: "udp", proxyProtocol: false })).toMatchObject({
        protocol: "udp",
        proxyProtocol: false,
      });
    },
  );
}
