import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { cleanUp } from "../support/clean-up";
import { startPlatformProcess } from "../support/platform-process";
import { TerraformFolder } from "../support/terraform";

// A state that the previous schema version has written. The fixture is one: what Terraform and the provider of then
// wrote for a project, an instance and two forwards; here its forwards are as many as a team has.

jest.setTimeout(120_000);
afterEach(cleanUp);

const count = 300;
const configuration = `
resource "fairlead_project" "lab" {
  name   = "ai-lab"
  labels = { team = "ai" }
}
resource "fairlead_instance" "web" {
  project_id = fairlead_project.lab.id
  name       = "web"
  image      = "http-hello"
  flavor     = "small"
}
resource "fairlead_port_forward" "page" {
  count         = ${count}
  project_id    = fairlead_project.lab.id
  instance_id   = fairlead_instance.web.id
  protocol      = "tcp"
  internal_port = 10000 + count.index
  description   = "forward \${count.index}"
  labels        = { index = tostring(count.index) }
  allowed_cidrs = ["127.0.0.0/8"]
}
`;

interface Recorded {
  readonly schema_version: number;
  readonly attributes: Readonly<Record<string, unknown>>;
}
interface State {
  readonly resources: readonly { readonly type: string; readonly instances: readonly Recorded[] }[];
}

/** The recorded object, with the values of another one: whatever the old schema did not know stays away. */
function as(recorded: Recorded, entity: object): Recorded {
  const values = Object.fromEntries(
    Object.entries(entity).map(([field, value]) => [
      field.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
      value,
    ]),
  );
  const attributes = Object.keys(recorded.attributes).map((name) => [name, values[name]]);
  return { ...recorded, attributes: Object.fromEntries(attributes) };
}

test(`${count} forwards of the previous schema version plan to "No changes", with and without refresh`, async () => {
  const platform = await startPlatformProcess();
  const project = await platform.api.projects.create({ name: "ai-lab", labels: { team: "ai" } });
  const instance = await platform.api.instances.create({
    projectId: project.id,
    name: "web",
    image: "http-hello",
    flavor: "small",
  });
  const target = { projectId: project.id, instanceId: instance.id, protocol: "tcp" as const };
  const forwards = await Promise.all(
    Array.from({ length: count }, (_, index) =>
      platform.api.portForwards.create({
        ...target,
        internalPort: 10000 + index,
        description: `forward ${index}`,
        labels: { index: String(index) },
        allowedCidrs: ["127.0.0.0/8"],
      }),
    ),
  );
  const fixture: State = JSON.parse(readFileSync(join(__dirname, "fixture/state-of-schema-0.json"), "utf8"));
  const entities: Record<string, readonly object[]> = {
    fairlead_project: [project],
    fairlead_instance: [instance],
    fairlead_port_forward: forwards,
  };
  const resources = fixture.resources.map((resource) => ({
    ...resource,
    instances: entities[resource.type]!.map((entity, index) => ({
      ...as(resource.instances[0]!, entity),
      ...(resource.type === "fairlead_port_forward" ? { index_key: index } : {}),
    })),
  }));
  expect(fixture.resources.flatMap(({ instances }) => instances).map((one) => one.schema_version)).toEqual([
    0, 0, 0, 0,
  ]);

  const terraform = new TerraformFolder(platform.settings);
  await terraform.initialize();
  writeFileSync(join(terraform.path, "terraform.tfstate"), JSON.stringify({ ...fixture, resources }));
  terraform.write(configuration);
  expect((await terraform.run("plan", "-detailed-exitcode", "-refresh=false")).output).toContain(
    "No changes.",
  );
  expect(await terraform.changes()).toBe("");
  expect(await terraform.succeed("destroy", "-auto-approve")).toContain(`${count + 2} destroyed`);
});
