import fc from "fast-check";
import { listAll } from "../../lib/contract";
import { cleanUp } from "../support/clean-up";
import { type PlatformProcess, startPlatformProcess } from "../support/platform-process";
import { TerraformFolder } from "../support/terraform";

// A hundred objects live side by side, each through a random sequence of create, change, break, import and destroy.
// One apply is one step of all of them, so that real Terraform is affordable.

jest.setTimeout(600_000);
afterEach(cleanUp);

const count = 100;
const steps = 5;

/** What one writes of a forward, beyond where it leads. */
const written = fc.record({
  description: fc.constantFrom(undefined, "", "ssh service", `quotes " and \${literal}`, "umlaut ä, 한국어"),
  labels: fc.constantFrom(undefined, {}, { tier: "web" }, { tier: "db", "example.com/team": "ai" }),
  allowedCidrs: fc.constantFrom(
    undefined,
    [],
    ["10.0.0.0/8", "2001:db8::/32"],
    ["2001:db8::/32", "10.0.0.0/8"],
  ),
  expiresAt: fc.constantFrom(undefined, "2999-01-01T00:00:00Z", "2999-01-01T09:00:00+09:00"),
  enabled: fc.constantFrom(undefined, true, false),
  portCount: fc.constantFrom(undefined, 1, 2, 5),
  chosen: fc.boolean(),
  instance: fc.nat(2),
});
type Written = typeof written extends fc.Arbitrary<infer T> ? T : never;

const step = fc.oneof(
  fc.record({ kind: fc.constant("write" as const), written }),
  fc.record({ kind: fc.constant("break" as const), how: fc.constantFrom("change", "delete", "disable") }),
  fc.record({ kind: fc.constant("import" as const) }),
  fc.record({ kind: fc.constant("destroy" as const) }),
  fc.record({ kind: fc.constant("nothing" as const) }),
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;
const sequence = fc.array(step, { minLength: steps, maxLength: steps });

let platform: PlatformProcess;
let terraform: TerraformFolder;

const hcl = (value: unknown): string => JSON.stringify(value).replaceAll("${", () => "$${");

/** An assigned port may have neighbours, and another protocol other holders; a chosen one has room here. */
function resource(index: number, { instance, chosen, ...more }: Written): string {
  const optional = Object.entries({
    description: more.description,
    labels: more.labels,
    allowed_cidrs: more.allowedCidrs,
    expires_at: more.expiresAt,
    enabled: more.enabled,
    port_count: chosen ? more.portCount : undefined,
    external_port: chosen ? 21000 + 10 * index : undefined,
  }).filter(([, value]) => value !== undefined);
  return `
resource "fairlead_port_forward" "f${index}" {
  project_id    = fairlead_project.lab.id
  instance_id   = fairlead_instance.vm[${instance}].id
  protocol      = "${index % 2 ? "tcp" : "udp"}"
  internal_port = ${10_000 + 10 * index}
${optional.map(([name, value]) => `  ${name} = ${hcl(value)}`).join("\n")}
}
`;
}

const base = `
resource "fairlead_project" "lab" {
  name = "sequences"
}
resource "fairlead_instance" "vm" {
  count      = 3
  project_id = fairlead_project.lab.id
  name       = "vm"
  image      = "echo"
  flavor     = "small"
}
`;

const configuration = (forwards: ReadonlyMap<number, Written>, imports: ReadonlyMap<number, string>) =>
  base +
  [...forwards].map(([index, values]) => resource(index, values)).join("") +
  [...imports]
    .map(([index, id]) => `import {\n  to = fairlead_port_forward.f${index}\n  id = "${id}"\n}\n`)
    .join("");

/** Does one step of every sequence; what is broken or forgotten is so before the apply. */
async function take(stepsNow: readonly Step[], forwards: Map<number, Written>): Promise<void> {
  const known = forwardsInState();
  const imports = new Map<number, string>();
  const forgotten: string[] = [];
  for (const [index, now] of stepsNow.entries()) {
    const id = known.get(index);
    if (now.kind === "write") forwards.set(index, now.written);
    if (now.kind === "destroy") forwards.delete(index);
    if (now.kind === "break" && id !== undefined) {
      if (now.how === "delete") await platform.api.portForwards.delete(id);
      else
        await platform.api.portForwards.update(
          id,
          now.how === "disable"
            ? { enabled: false }
            : { description: "broken", labels: { by: "hand" }, allowedCidrs: ["192.0.2.0/24"], portCount: 1 },
        );
    }
    if (now.kind === "import" && id !== undefined && forwards.has(index)) {
      forgotten.push(`fairlead_port_forward.f${index}`);
      const { socketAddress, portCount, externalPort, protocol } = await platform.api.portForwards.get(id);
      const range = portCount === 1 ? "" : `-${externalPort + portCount - 1}`;
      imports.set(index, `sequences/${socketAddress}${range}/${protocol}`);
    }
  }
  if (forgotten.length > 0) await terraform.succeed("state rm", ...forgotten);
  terraform.write(configuration(forwards, imports));
  await terraform.succeed("apply", "-auto-approve", "-parallelism=20");
  expect(await terraform.changes()).toBe("");
  expect(forwardsInState().size).toBe(forwards.size);
}

function forwardsInState(): Map<number, string> {
  if (!terraform.hasState()) return new Map();
  const { resources } = JSON.parse(terraform.state()) as {
    resources: { type: string; name: string; instances: { attributes: { id: string } }[] }[];
  };
  return new Map(
    resources
      .filter(({ type }) => type === "fairlead_port_forward")
      .map(({ name, instances }) => [Number(name.slice(1)), instances[0]!.attributes.id]),
  );
}

test(`${count} random sequences of ${steps} steps: each apply ends in an empty plan, and a destroy in nothing`, async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(sequence, { minLength: count, maxLength: count }), async (sequences) => {
      platform = await startPlatformProcess();
      terraform = new TerraformFolder(platform.settings);
      await terraform.initialize();
      const forwards = new Map<number, Written>();
      for (let at = 0; at < steps; at++)
        await take(
          sequences.map((one) => one[at]!),
          forwards,
        );
      const onPlatform = await listAll(platform.api.portForwards);
      expect(onPlatform.map(({ id }) => id).sort()).toEqual([...forwardsInState().values()].sort());
      await terraform.succeed("destroy", "-auto-approve", "-parallelism=20");
      expect((await platform.api.projects.list()).items).toEqual([]);
    }),
    { numRuns: 1, endOnFailure: true },
  );
});
