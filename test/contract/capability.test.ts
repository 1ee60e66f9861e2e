import {
  Capabilities,
  type CapabilityName,
  collections,
  guardCapabilities,
  guardManagement,
  lacksOf,
  withoutCapability,
} from "../../lib/contract";

const names = Object.keys(Capabilities.shape) as CapabilityName[];
const all = (able: boolean) => Object.fromEntries(names.map((name) => [name, able])) as Capabilities;
const { portForwards, instances, projects } = collections;

test("every capability that a field needs exists, and for each there is a way without it", () => {
  expect(Object.keys(withoutCapability).sort()).toEqual([...names].sort());
  for (const { needs, create } of [portForwards, instances, projects]) {
    for (const [field, capability] of Object.entries(needs)) {
      expect(Object.keys(create.shape)).toContain(field);
      expect(names).toContain(capability);
    }
  }
});

test("a field asks for nothing when it is absent or says what is so without it", () => {
  const nothing = {
    ...{ portCount: 1, allowedCidrs: [], expiresAt: null, enabled: true, externalIp: undefined },
    proxyProtocol: false,
  };
  expect(lacksOf(portForwards, nothing, all(false))).toEqual([]);
  expect(lacksOf(portForwards, { ...nothing, portCount: 2, enabled: false }, all(true))).toEqual([]);
  expect(lacksOf(portForwards, { portCount: 2, enabled: false }, all(false))).toEqual([
    { field: "portCount", capability: "portRanges" },
    { field: "enabled", capability: "disabling" },
  ]);
  expect(lacksOf(instances, { userData: "" }, all(false))).toEqual([
    { field: "userData", capability: "userData" },
  ]);
});

test("what a platform lacks is refused with the first field, every sentence, and never a secret", () => {
  const few = { ...all(false), instanceManagement: true };
  const ask = () => guardCapabilities(instances, { userData: "hunter2", deletionProtection: true }, few);
  expect(ask).toThrow(
    expect.objectContaining({
      code: "unsupported",
      field: "/deletionProtection",
      message: `deletionProtection is set, but the platform lacks deletionProtection. ${withoutCapability.deletionProtection} userData is set, but the platform lacks userData. ${withoutCapability.userData}`,
    }),
  );
  expect(() => guardCapabilities(instances, { userData: "hunter2" }, all(true))).not.toThrow();
});

test("what a platform only shows is not made, changed or deleted, whatever is asked for", () => {
  const refusal = expect.objectContaining({
    code: "unsupported",
    field: undefined,
    details: { lacks: [{ capability: "projectManagement" }] },
    message: `The platform only shows projects: it lacks projectManagement. ${withoutCapability.projectManagement}`,
  });
  expect(() => guardManagement(projects, all(false))).toThrow(refusal);
  expect(() => guardCapabilities(projects, { instanceQuota: 1 }, all(false))).toThrow(refusal);
  expect(() => guardManagement(projects, all(true))).not.toThrow();
  // Forwards are what every platform is there for.
  expect(() => guardManagement(portForwards, all(false))).not.toThrow();
});

test("what is a fact is asked for by no field", () => {
  const needed = [portForwards, instances, projects].flatMap(({ needs, management }) => [
    ...Object.values(needs),
    management,
  ]);
  for (const fact of ["clientAddress", "projectIsolation"] as const) expect(needed).not.toContain(fact);
});
