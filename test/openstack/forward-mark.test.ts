import fc from "fast-check";
import { PlatformError } from "../../lib/contract";
import { CloudError } from "../../lib/openstack/cloud";
import { decodeForwardMark, encodeForwardMark, type ForwardMark } from "../../lib/openstack/forward-mark";
import { checkOf, revisionOf, toNeutron, toRecord } from "../../lib/openstack/forward-record";
import { refusalOf } from "../../lib/openstack/forward-refusal";
import { decodeInstanceMark, encodeInstanceMark } from "../../lib/openstack/instance-mark";

const mark: ForwardMark = {
  ...{ id: undefined, description: "web service", revision: 3, createdAt: 1_764_000_000_123, check: "aB_9" },
  ...{ deletionProtection: true, ownershipId: "shop/dev", labels: { tier: "web" } },
  ...{ key: "0123456789abcdef", request: "-_345678" },
};

const marks = fc.record({
  id: fc.option(fc.uuid(), { nil: undefined }),
  description: fc.string({ maxLength: 40, unit: "grapheme" }).filter((text) => !text.includes("&#x")),
  revision: fc.integer({ min: 1, max: 4e9 }),
  createdAt: fc.integer({ min: 1, max: 4e12 }),
  check: fc.stringMatching(/^\w{4}$/),
  deletionProtection: fc.boolean(),
  ownershipId: fc.option(fc.string({ minLength: 1, maxLength: 20 }), { nil: null }),
  labels: fc.dictionary(fc.stringMatching(/^[a-z]{1,8}$/), fc.stringMatching(/^[a-z/]{0,8}$/), {
    maxKeys: 2,
    noNullPrototype: true,
  }),
  key: fc.option(fc.stringMatching(/^[\w-]{16}$/), { nil: undefined }),
  request: fc.option(fc.stringMatching(/^[\w-]{8}$/), { nil: undefined }),
});

test("what a description keeps is read back, whatever people write", () => {
  expect(encodeForwardMark(mark)).toBe(
    'web service [fairlead:3.mic8umqz.aB_9.0123456789abcdef.-_345678.p{"o":"shop/dev","l":{"tier":"web"}}]'.replace(
      "mic8umqz",
      mark.createdAt.toString(36),
    ),
  );
  fc.assert(
    fc.property(marks, (one) => {
      let text: string;
      try {
        text = encodeForwardMark(one);
      } catch (error) {
        return error instanceof PlatformError && error.code === "invalid_argument";
      }
      expect(text.length).toBeLessThanOrEqual(255);
      // What its database cannot keep, Neutron answers with an internal server error.
      expect(text).not.toMatch(/[\u{10000}-\u{10ffff}]/u);
      expect(decodeForwardMark(text)).toEqual(one);
      return true;
    }),
  );
});

test("a description of somebody else is no mark, also one that looks like it", () => {
  for (const text of ["", "ssh", "[fairlead:]", "x [fairlead:1.a.b]", "[fairlead:1.2.abcd...{]"])
    expect(decodeForwardMark(text)).toBeUndefined();
});

test("what does not fit is refused with how much is too much", () => {
  const refused = (change: Partial<ForwardMark>) => {
    try {
      encodeForwardMark({ ...mark, ...change });
      return undefined;
    } catch (error) {
      return error as PlatformError;
    }
  };
  const long = refused({ description: "x".repeat(200) });
  expect(long).toMatchObject({ code: "invalid_argument", field: "/description" });
  const by = Number(/shorten them by (\d+)/.exec(long!.message)![1]);
  expect(refused({ description: "x".repeat(200 - by) })).toBeUndefined();
  expect(refused({ description: "x".repeat(201 - by) })).toBeDefined();
  const labels = Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`label-${i}`, "value"]));
  expect(refused({ labels })).toMatchObject({ field: "/labels" });
});

const floatingIp = {
  ...{ id: "fip", floating_ip_address: "203.0.113.5", floating_network_id: "ext", router_id: null },
  ...{ port_id: null, description: "", created_at: "2026-01-01T00:00:00Z" },
};
const forward = {
  ...{ id: "pf", protocol: "tcp", internal_port_id: "port", internal_ip_address: "10.0.0.5" },
  ...{ internal_port: 22, external_port: 2222, description: "ssh" },
};

test("a forward is read from single ports, from ranges, and from a range that tells the port it was", () => {
  expect(toRecord(forward, floatingIp)).toMatchObject({
    internal: { first: 22, count: 1 },
    external: { first: 2222, count: 1 },
  });
  const range = { ...forward, internal_port_range: "30:32", external_port_range: "2230:2232" };
  expect(toRecord(range, floatingIp)).toMatchObject({
    internal: { first: 30, count: 3 },
    external: { first: 2230, count: 3 },
  });
  expect(toRecord({ ...forward, protocol: "icmp" }, floatingIp)).toBeUndefined();
});

test("a change by somebody else is another revision; a change of ours the next one", () => {
  const record = toRecord(forward, floatingIp)!;
  const foreign = revisionOf(record);
  expect(revisionOf(toRecord({ ...forward, external_port: 2223 }, floatingIp)!)).not.toBe(foreign);
  const description = encodeForwardMark({ ...mark, check: checkOf(record) });
  const ours = { id: "pf", ...toNeutron(record, description) };
  expect(revisionOf(toRecord(ours, floatingIp)!)).toBe(3);
  expect(revisionOf(toRecord({ ...ours, external_port: 2223 }, floatingIp)!)).toBeGreaterThan(1000);
});

test("Neutron's refusals are told apart by the texts that it has had since Rocky", () => {
  const refused = (status: number, message: string, type?: string) =>
    refusalOf(new CloudError("network", status, message, "req-1", type));
  const collision = (what: string) =>
    `Bad port_forwarding request: There is a port collision with the ${what}. The following ranges collides: 22:22 and 22:22.`;
  expect(refused(400, collision("external_port_range"))).toBe("external");
  expect(refused(400, collision("internal_port_range"))).toBe("internal");
  const duplicate = (values: string) =>
    `Bad port_forwarding request: A duplicate port forwarding entry with same attributes already exists, conflicting values are ${values}`;
  expect(refused(400, duplicate("{'floatingip_id': 'x', 'external_port': 22, 'protocol': 'tcp'}"))).toBe(
    "external",
  );
  expect(refused(400, duplicate("{'internal_port_id': 'x', 'internal_port': 22}"))).toBe("internal");
  const elsewhere =
    "Bad port_forwarding request: The Floating IP x had been set on router y, the internal Neutron port z can not reach it.";
  expect(refused(400, elsewhere)).toBe("other-router");
  expect(refused(404, "Port x could not be found.", "PortNotFound")).toBe("port-gone");
  expect(refused(404, "Floating IP x could not be found", "FloatingIPNotFound")).toBe("address-gone");
  expect(refused(400, "Invalid input for external_port.")).toBeUndefined();
  expect(refused(500, duplicate("{'external_port': 22}"))).toBeUndefined();
});

test("the mark of an instance has room for everything, in letters that every database keeps", () => {
  const labels = Object.fromEntries(
    Array.from({ length: 64 }, (_, i) => [`k${i}`.padEnd(63, "x"), "v".repeat(63)]),
  );
  const large = {
    ...{ revision: 1, createdAt: 5, check: "abcd", labels, ownershipId: "안녕".repeat(100) },
    ...{ deletionProtection: true, description: "😀".repeat(500), key: "k", request: "r" },
  };
  const metadata = encodeInstanceMark(large);
  expect(Object.keys(metadata).length).toBeLessThan(128);
  for (const piece of Object.values(metadata)) expect(piece).toMatch(/^[\x20-\x7e]{1,255}$/);
  expect(decodeInstanceMark({ ...metadata, owner: "somebody" })).toEqual(large);
  expect(decodeInstanceMark({ owner: "somebody" })).toBeUndefined();
});
