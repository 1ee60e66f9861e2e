import type { PortForward } from "../../lib/contract";
import { type AppFolder, freshApp } from "../support/app";
import { cleanUp } from "../support/clean-up";
import { builtProvider } from "../support/compiled-package";
import { type PlatformProcess, startPlatformProcess } from "../support/platform-process";

// Several of a kind: by plain loops, and by Terraform's own repetition, of which only Terraform knows how many.

jest.setTimeout(120_000);

let platform: PlatformProcess;
let app: AppFolder;

beforeAll(async () => {
  platform = await startPlatformProcess();
  app = freshApp(builtProvider);
});
afterAll(cleanUp);

/** Applies a program; resolves with what is forwarded then, by instance, as "instance protocol/port sources". */
async function deployed(body: string, variables: Record<string, unknown> = {}): Promise<string[]> {
  const run = app.run(
    `
    const { Peer, Port, Project } = fairlead;
    const { TerraformCount, TerraformIterator, TerraformVariable } = cdktf;
    const machine = { image: "echo", flavor: "small" };
    const project = new Project(stack, "Project", { name: "ai-lab" });
    ${body}
  `,
    platform.settings,
  );
  expect(run).toMatchObject({ status: 0 });
  const values = Object.entries(variables).map(([name, value]) => [`TF_VAR_${name}`, JSON.stringify(value)]);
  const environment = { ...platform.settings, ...Object.fromEntries(values) };
  const terraform = (command: string, ...args: string[]) => app.succeed(environment, command, ...args);
  terraform("init", "-input=false");
  expect(terraform("validate")).toContain("The configuration is valid.");
  terraform("apply", "-input=false", "-auto-approve");
  expect(terraform("plan", "-input=false", "-detailed-exitcode")).toContain("No changes.");
  const instances = new Map(
    (await platform.api.instances.list()).items.map(({ id, name }) => [id, name] as const),
  );
  const describe = ({ instanceId, protocol, internalPort, allowedCidrs, description }: PortForward) =>
    `${instances.get(instanceId!)} ${internalPort}/${protocol} from ${allowedCidrs.join(" ")} (${description})`;
  return (await platform.api.portForwards.list()).items.map(describe).sort();
}

test("plain loops", async () => {
  const forwards = await deployed(`
    const office = [Peer.ipv4("198.51.100.0/24")];
    for (const name of ["Alpha", "Beta"]) {
      const instance = project.addInstance(name, machine);
      for (const port of [Port.SSH, Port.HTTPS]) instance.forward(port, { allowedCidrs: office });
    }
    for (const worker of project.addInstances("Worker", 2, machine)) worker.forward(Port.udp(53), { allowedCidrs: office });
  `);
  expect(forwards).toEqual([
    "alpha 22/tcp from 198.51.100.0/24 ()",
    "alpha 443/tcp from 198.51.100.0/24 ()",
    "beta 22/tcp from 198.51.100.0/24 ()",
    "beta 443/tcp from 198.51.100.0/24 ()",
    "worker-1 53/udp from 198.51.100.0/24 ()",
    "worker-2 53/udp from 198.51.100.0/24 ()",
  ]);
});

test("an iterator over the ports of one instance, whose values pass through every prop", async () => {
  const forwards = await deployed(
    `
    const type = "map(object({ port = number, sources = list(string), labels = map(string), until = string, on = bool }))";
    const services = new TerraformVariable(stack, "services", { type });
    const each = TerraformIterator.fromMap(services.value);
    project.addInstance("Web", machine).forward(Port.tcp(each.getNumber("port")), {
      id: "Services",
      forEach: each,
      description: each.key,
      allowedCidrs: each.getList("sources"),
      labels: each.getStringMap("labels"),
      expiresAt: each.getString("until"),
      enabled: each.getBoolean("on"),
    });
  `,
    {
      services: {
        shell: {
          ...{ port: 22, sources: ["198.51.100.0/24"], labels: { tier: "ops" } },
          ...{ until: "2999-01-01T00:00:00Z", on: true },
        },
        page: { port: 443, sources: [], labels: {}, until: "2999-01-01T00:00:00Z", on: false },
      },
    },
  );
  expect(forwards).toEqual(["web 22/tcp from 198.51.100.0/24 (shell)", "web 443/tcp from  (page)"]);
  expect((await platform.api.portForwards.list({ labels: "tier=ops" })).items).toMatchObject([
    { enabled: true, expiresAt: "2999-01-01T00:00:00Z" },
  ]);
});

test("an iterator over instances: each has its forward, without being told", async () => {
  const forwards = await deployed(
    `
    const names = new TerraformVariable(stack, "names", { type: "set(string)" });
    const each = TerraformIterator.fromList(names.listValue);
    const workers = project.addInstance("Workers", { ...machine, forEach: each, name: each.value });
    const ssh = workers.forward(Port.SSH, { allowedCidrs: ["198.51.100.0/24"], description: each.value });
    const addresses = TerraformIterator.fromResources(ssh.node.defaultChild).pluckProperty("socket_address");
    new cdktf.TerraformOutput(stack, "addresses", { value: addresses });
    const many = project.addInstance("Counted", { ...machine, count: TerraformCount.of(2) });
    many.forward(Port.HTTPS, { allowedCidrs: ["198.51.100.0/24"] });
  `,
    { names: ["gpu-a", "gpu-b"] },
  );
  expect(forwards).toEqual([
    "counted 443/tcp from 198.51.100.0/24 ()",
    "counted 443/tcp from 198.51.100.0/24 ()",
    "gpu-a 22/tcp from 198.51.100.0/24 (gpu-a)",
    "gpu-b 22/tcp from 198.51.100.0/24 (gpu-b)",
  ]);
  const addresses = JSON.parse(app.succeed({ ...platform.settings }, "output", "-json", "addresses"));
  const { items } = await platform.api.portForwards.list();
  const shells = items.filter(({ internalPort }) => internalPort === 22);
  expect(addresses.sort()).toEqual(shells.map(({ socketAddress }) => socketAddress).sort());
});
