import { BlockList, isIPv4 } from "node:net";
import fc from "fast-check";
import { formatCidr, hasHostBits, ipv4ToNumber, numberToIpv4, parseCidr } from "../../lib/contract";

const v4 = fc.ipV4();
const v6 = fc.ipV6();
const networks = fc.oneof(
  fc.tuple(v4, fc.integer({ min: 0, max: 32 })),
  fc.tuple(v6, fc.integer({ min: 0, max: 128 })),
);

test("an address survives being a number", () => {
  fc.assert(fc.property(v4, (address) => expect(numberToIpv4(ipv4ToNumber(address))).toBe(address)));
});

test("a network written in its own notation has no host bits and holds the address, as Node sees it", () => {
  fc.assert(
    fc.property(networks, ([address, prefix]) => {
      const cidr = parseCidr(`${address}/${prefix}`)!;
      const written = formatCidr(cidr);
      expect(hasHostBits(parseCidr(written)!)).toBe(false);
      const [network] = written.split("/");
      const family = isIPv4(address) ? "ipv4" : "ipv6";
      const list = new BlockList();
      list.addSubnet(network!, prefix, family);
      expect(list.check(address, family)).toBe(true);
    }),
  );
});

test.each([
  "",
  "10.0.0.0",
  "10.0.0.0/33",
  "10.0.0/8",
  "::/129",
  "::1/-1",
  "fe80::1%eth0/64",
  "10.0.0.0/8/8",
  "a/8",
])("%j is no network", (text) => expect(parseCidr(text)).toBeUndefined());

test("an IPv4 tail of an IPv6 address counts as its last 32 bits", () => {
  expect(formatCidr(parseCidr("::ffff:192.0.2.1/120")!)).toBe("0:0:0:0:0:ffff:c000:200/120");
});
