import {
  collections,
  Deadline,
  IpAddress,
  LabelSelector,
  Labels,
  Name,
  OwnershipId,
  type PlatformError,
  PortCount,
  parse,
  problemsOf,
  Quota,
  SshKeys,
  UserData,
} from "../../lib/contract";

const problems = (schema: Parameters<typeof problemsOf>[0], value: unknown) =>
  problemsOf(schema, value).map(({ message }) => message);

test.each(["ai-lab", "a", "연구실 1", "web.2_x", "x".repeat(63)])("%j is a name", (name) => {
  expect(problems(Name, name)).toEqual([]);
});

test.each(["", "-x", "x-", " x", "a/b", "x".repeat(64), "a\nb", 7, null])("%j is no name", (name) => {
  expect(problems(Name, name)).toHaveLength(1);
});

test("labels are limited in number, keys and values", () => {
  const many = Object.fromEntries(Array.from({ length: 65 }, (_, i) => [`k${i}`, ""]));
  expect(problems(Labels, many)[0]).toMatch(/at most 64 labels/);
  expect(problems(Labels, { "a b": "x" })).toHaveLength(1);
  expect(problems(Labels, { a: "x,y" })).toHaveLength(1);
  expect(problems(Labels, { "example.com/team": "ai", empty: "" })).toEqual([]);
});

test("a label selector names pairs", () => {
  for (const selector of ["a=b", "a=b,c=", "example.com/team=ai"])
    expect(problems(LabelSelector, selector)).toEqual([]);
  for (const selector of ["", "a", "a=b,", "a=b=c", "=b", "a b=c"])
    expect(problems(LabelSelector, selector)).toHaveLength(1);
});

test("a value that is missing is told apart from one that is wrong", () => {
  const { create } = collections.portForwards;
  expect(problems(create, { projectId: "p", instanceId: "i", protocol: "icmp" })).toEqual([
    'protocol is "icmp", but a protocol is "tcp" or "udp".',
    "internalPort is required: a port is a whole number from 1 to 65535.",
  ]);
});

test("parse applies defaults, and its error points at the first field", () => {
  const input = { projectId: "p", instanceId: "i", protocol: "tcp", internalPort: 22 };
  expect(parse(collections.portForwards.create, input)).toEqual({
    ...input,
    portCount: 1,
    description: "",
    labels: {},
    allowedCidrs: [],
    proxyProtocol: false,
    expiresAt: null,
    enabled: true,
    deletionProtection: false,
    ownershipId: null,
  });
  const wrong = () => parse(collections.portForwards.create, { ...input, allowedCidrs: ["10.0.0.0/8", "x"] });
  expect(wrong).toThrow(
    expect.objectContaining({ code: "invalid_argument", field: "/allowedCidrs/1" }) as PlatformError,
  );
});

test("a patch has no defaults: what is not named is not changed", () => {
  expect(parse(collections.portForwards.patch, {})).toEqual({});
});

test.each([
  [PortCount, 1, true],
  [PortCount, 1_000, true],
  [PortCount, 1_001, false],
  [PortCount, 0, false],
  [PortCount, 1.5, false],
  [Quota, 0, true],
  [Quota, 1_000_000, true],
  [Quota, -1, false],
  [Deadline, "2026-12-31T18:00:00Z", true],
  [Deadline, "2026-12-31T18:00:00.5+09:00", true],
  [Deadline, "2026-12-31T18:00:00", false],
  [Deadline, "2026-02-30T18:00:00Z", false],
  [Deadline, "30d", false],
  [IpAddress, "203.0.113.5", true],
  [IpAddress, "2001:db8::1", true],
  [IpAddress, "203.0.113.5/32", false],
  [IpAddress, "example.com", false],
  [OwnershipId, "shop/dev", true],
  [OwnershipId, "", false],
  [OwnershipId, "a\nb", false],
  [UserData, "", true],
  [UserData, "한".repeat(16 * 1024), true],
  [UserData, "한".repeat(16 * 1024 + 1), false],
  [SshKeys, ["ssh-ed25519 AAAAC3Nz me@example.com", "ssh-rsa AAAAB3Nz"], true],
  [SshKeys, ["ssh-ed25519 AAAAC3Nz\nssh-rsa AAAAB3Nz"], false],
  [SshKeys, ["-----BEGIN OPENSSH PRIVATE KEY-----"], false],
  [SshKeys, ['command="sh" ssh-ed25519 AAAAC3Nz'], false],
] as const)("%#: %j", (schema, value, fits) => {
  const found = problems(schema, value);
  expect(found).toHaveLength(fits ? 0 : 1);
  if (!fits) expect(found[0]).toMatch(/ is .*, but /);
});

test("what was given for a secret is not repeated", () => {
  const input = { projectId: "p", name: "web", image: "i", flavor: "f", userData: 7 };
  expect(problems(collections.instances.create, input)).toEqual([
    "userData is not shown, but user data is text.",
  ]);
});
