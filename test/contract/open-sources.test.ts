import { BlockList } from "node:net";
import fc from "fast-check";
import { admittedOf, letInEveryone } from "../../lib/contract";

/** Networks that meet often: within 10.0.0.0/24. */
const network = fc
  .tuple(fc.integer({ min: 0, max: 255 }), fc.integer({ min: 24, max: 32 }))
  .map(([host, prefix]) => `10.0.0.${(host >> (32 - prefix)) << (32 - prefix)}/${prefix}`);

test("how much is admitted is what Node's own list says, address by address", () => {
  fc.assert(
    fc.property(network, fc.array(network, { minLength: 1, maxLength: 6 }), (source, allowed) => {
      const list = new BlockList();
      for (const cidr of allowed) list.addSubnet(...partsOf(cidr));
      const [first, prefix] = partsOf(source);
      const begin = Number(first.split(".")[3]);
      const addresses = Array.from({ length: 2 ** (32 - prefix) }, (_, index) => `10.0.0.${begin + index}`);
      const admitted = addresses.filter((address) => list.check(address)).length;
      const expected = admitted === 0 ? "none" : admitted === addresses.length ? "all" : "some";
      expect(admittedOf(source, allowed)).toBe(expected);
    }),
  );
});

function partsOf(cidr: string): [address: string, prefix: number] {
  const [address, prefix] = cidr.split("/");
  return [address!, Number(prefix)];
}

test("nothing allowed explicitly is everything allowed, of either family", () => {
  for (const source of ["10.0.0.0/8", "2001:db8::/32", "0.0.0.0/0", "::/0"]) {
    expect(admittedOf(source, [])).toBe("all");
  }
});

test("few are not everyone, and most are", () => {
  expect(admittedOf("0.0.0.0/0", ["10.0.0.0/8"])).toBe("none");
  expect(admittedOf("0.0.0.0/0", ["0.0.0.0/1"])).toBe("some");
  expect(admittedOf("::/0", ["2000::/3"])).toBe("some");
  expect(admittedOf("::/0", ["2001:db8::/32"])).toBe("none");
  expect(letInEveryone(["0.0.0.0/2"])).toBe(false);
  expect(letInEveryone(["0.0.0.0/1"])).toBe(true);
});

test("what is no network is let in nowhere", () => {
  expect(admittedOf("10.0.0.1", [])).toBe("none");
  expect(admittedOf("10.0.0.0/8", ["nonsense"])).toBe("none");
});
