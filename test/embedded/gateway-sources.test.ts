import { once } from "node:events";
import type { Socket } from "node:net";
import { type Gateway, type Route, relayGateway } from "../../lib/embedded/gateway";
import { sourcesOf } from "../../lib/embedded/gateway/sources";
import { cleaner, client, ended, freePort, instance } from "./gateway-sockets";

describe("sources", () => {
  test.each([
    ["everyone where there is no list", [], "198.51.100.7", true],
    ["an unknown address where there is no list", [], undefined, true],
    ["an IPv4 address of a network", ["10.0.0.0/8"], "10.255.0.1", true],
    ["an IPv4 address beside it", ["10.0.0.0/8"], "11.0.0.1", false],
    ["a network whose host bits are set", ["10.1.2.3/8"], "10.9.9.9", true],
    ["a single IPv4 address", ["192.0.2.1"], "192.0.2.1", true],
    ["the address after it", ["192.0.2.1"], "192.0.2.2", false],
    ["any IPv4 address", ["0.0.0.0/0"], "192.0.2.1", true],
    ["an IPv6 address where any IPv4 is allowed", ["0.0.0.0/0"], "2001:db8::1", false],
    ["an IPv4 address where any IPv6 is allowed", ["::/0"], "192.0.2.1", false],
    ["a mapped address where any IPv6 is allowed", ["::/0"], "::ffff:192.0.2.1", false],
    ["a mapped address of an IPv4 network", ["192.0.2.0/24"], "::ffff:192.0.2.77", true],
    ["a mapped address beside it", ["192.0.2.0/24"], "::ffff:192.0.3.77", false],
    ["an IPv4 address of a mapped network", ["::ffff:192.0.2.0/120"], "192.0.2.77", true],
    ["an IPv4 address beside a mapped network", ["::ffff:192.0.2.0/120"], "192.0.3.77", false],
    ["an IPv6 address of a network", ["2001:db8::/32"], "2001:db8:1::1", true],
    ["an IPv6 address beside it", ["2001:db8::/32"], "2001:db9::1", false],
    ["a link-local address with its zone", ["fe80::/10"], "fe80::1%eth0", true],
    ["the second of two networks", ["10.0.0.0/8", "2001:db8::/32"], "2001:db8::1", true],
    ["an unknown address where there is a list", ["0.0.0.0/0"], undefined, false],
  ])("%s", (_, allowedCidrs, remoteAddress, expected) => {
    expect(sourcesOf(allowedCidrs).allow({ remoteAddress })).toBe(expected);
  });

  test.each([
    "",
    "10.0.0.0/33",
    "::/129",
    "10.0.0/8",
    "example.org",
    "10.0.0.0/",
    "10.0.0.0/8/8",
    "10.0.0.0/-1",
    "10.0.0.0/1e1",
    "::ffff:10.0.0.0/8",
  ])("%p is refused by name", (cidr) => {
    expect(() => sourcesOf(["10.0.0.0/8", cidr])).toThrow(`"${cidr}" is not a source`);
  });
});

describe("the sources of a TCP route", () => {
  const clean = cleaner();
  let gateway: Gateway;
  let seen: string[];
  let opened: Route;

  beforeEach(async () => {
    seen = [];
    gateway = relayGateway();
    clean.up(() => gateway.shutdown());
    const target = await instance(
      clean,
      (socket) => {
        seen.push("connection");
        socket.on("data", (data) => {
          seen.push(String(data));
          socket.write(data);
        });
      },
      "127.0.0.1",
    );
    opened = {
      id: "ssh",
      protocol: "tcp",
      externalIp: "::",
      externalPort: await freePort(),
      portCount: 1,
      target,
      allowedCidrs: [],
    };
  });
  afterEach(() => clean.now());

  const from = (host: string, localAddress?: string): Socket => {
    const socket = client(clean, opened.externalPort, host, localAddress);
    socket.write("hello");
    return socket;
  };
  const answer = async (socket: Socket) => String((await once(socket, "data"))[0]);

  test("let in IPv4 on an IPv4 socket", async () => {
    await gateway.open({ ...opened, externalIp: "127.0.0.1", allowedCidrs: ["127.0.0.2/32"] });
    expect(await answer(from("127.0.0.1", "127.0.0.2"))).toBe("hello");
    expect(await ended(from("127.0.0.1", "127.0.0.3"))).toBe("ECONNRESET");
  });

  test("let in IPv4 and IPv6 on one dual-stack socket", async () => {
    await gateway.open({ ...opened, allowedCidrs: ["127.0.0.2", "::1/128"] });
    expect(await answer(from("127.0.0.1", "127.0.0.2"))).toBe("hello");
    expect(await answer(from("::1"))).toBe("hello");
    expect(await ended(from("127.0.0.1", "127.0.0.3"))).toBe("ECONNRESET");
  });

  test("refuse before the instance sees a connection", async () => {
    await gateway.open({ ...opened, allowedCidrs: ["192.0.2.0/24"] });
    expect(await ended(from("::1"))).toBe("ECONNRESET");
    expect(await ended(from("127.0.0.1"))).toBe("ECONNRESET");
    expect(seen).toEqual([]);
  });

  test("cut those that are removed and keep the others", async () => {
    await gateway.open({ ...opened, allowedCidrs: [] });
    const [kept, cut] = [from("127.0.0.1", "127.0.0.2"), from("127.0.0.1", "127.0.0.3")];
    await Promise.all([answer(kept), answer(cut)]);
    await gateway.open({ ...opened, allowedCidrs: ["127.0.0.2"] });
    expect(await ended(cut)).toBe("ECONNRESET");
    kept.write("still here");
    expect(await answer(kept)).toBe("still here");
  });

  test("stay as they were when a change names none", async () => {
    await gateway.open({ ...opened, allowedCidrs: ["127.0.0.2"] });
    await expect(gateway.open({ ...opened, allowedCidrs: ["nonsense"] })).rejects.toThrow(TypeError);
    expect(await answer(from("127.0.0.1", "127.0.0.2"))).toBe("hello");
    expect(await ended(from("127.0.0.1"))).toBe("ECONNRESET");
  });
});
