import { providersSchema } from "../../lib/tfplugin";
import { provider } from "./fixture/provider";
import { Store } from "./fixture/store";
import { Workspace } from "./terraform";

jest.setTimeout(120_000);

/** A provider of one resource type, run by a real terraform. The tests build on each other, as a life does. */
describe("a provider under real terraform", () => {
  const workspace = new Workspace();
  const store = new Store(workspace.storePath);
  const run = (...parameters: readonly string[]) => workspace.terraform(...parameters);
  const apply = () => run("apply", "-auto-approve");
  const planCode = async () => (await run("plan", "-detailed-exitcode")).code;
  const thing = (content: string) => workspace.write(`resource "demo_thing" "a" {\n${content}\n}\n`);

  afterAll(() => workspace.remove());

  it("installs from terraform.d/plugins", async () => {
    thing(`name = "first"\n region = "x"`);
    expect(await run("init")).toMatchObject({ code: 0 });
  });

  it("prints the same schema as terraform does", async () => {
    const { output } = await run("providers", "schema", "-json");
    const ours = providersSchema(provider, "example.com/acme/demo");
    // OpenTofu leaves out texts that are empty.
    const filled = (json: string) => JSON.parse(json, (_, value) => (value === "" ? undefined : value));
    expect(filled(JSON.stringify(ours))).toEqual(filled(output));
  });

  it("refuses what a validator refuses, at the attribute", async () => {
    thing(`name = "First!"\n region = "x"`);
    const { code, output } = await run("validate");
    expect(code).toBe(1);
    expect(output).toMatch(/Invalid value for name/);
    expect(output).toMatch(/"First!" does not fit: use lower-case letters and\s+hyphens/);
    expect(output).toMatch(/on main.tf line \d+, in resource "demo_thing" "a"/);
  });

  it("creates, and then plans no change", async () => {
    thing(`
      name = "first"
      region = "x"
      allowed_cidrs = ["10.0.0.0/8", "192.168.0.0/16", "0.0.0.0/0"]
      ratio = 0.1
      secret_wo = "hunter2"
      rule { port = 22 }
      rule { port = 80 }
    `);
    expect(await apply()).toMatchObject({ code: 0 });
    expect(store.all()).toMatchObject([
      { name: "first", secretLength: 7, rules: [{ port: 22 }, { port: 80 }] },
    ]);
    expect(workspace.instance("a")?.attributes).toMatchObject({
      labels: {},
      ratio: 0.1,
      secret_wo: null,
      revision: 1,
    });
    expect(await planCode()).toBe(0);
  });

  it("keeps write-only values out of the state", () => {
    expect(workspace.state()).not.toContain("hunter2");
  });

  it("updates in place and keeps what is stable", async () => {
    const { id } = store.all()[0]!;
    thing(`name = "second"\n region = "x"\n labels = { a = "1" }`);
    const { output } = await run("plan");
    expect(output).toContain("will be updated in-place");
    expect(output).not.toMatch(/id\s+=.*known after apply/);
    expect(output).toMatch(/revision\s+= 1 -> \(known after apply\)/);
    expect(await apply()).toMatchObject({ code: 0 });
    expect(store.all()).toMatchObject([{ id, name: "second", labels: { a: "1" }, revision: 2, cidrs: [] }]);
    expect(await planCode()).toBe(0);
  });

  it("puts back what has drifted, defaults too", async () => {
    const before = store.all()[0]!;
    store.put({ ...before, labels: { drifted: "yes" }, cidrs: ["1.2.3.4/32"] });
    const { output } = await run("plan");
    expect(output).toMatch(/drifted/);
    expect(output).toMatch(/1\.2\.3\.4/);
    await apply();
    expect(store.all()).toMatchObject([{ id: before.id, labels: { a: "1" }, cidrs: [] }]);
    expect(await planCode()).toBe(0);
  });

  it("keeps the prior state when an update fails", async () => {
    thing(`name = "not-this"\n region = "x"\n labels = { a = "1" }`);
    const { code, output } = await apply();
    expect(code).toBe(1);
    expect(output).toMatch(/The platform refused/);
    expect(output).toMatch(/The platform does not like the name/);
    expect(workspace.instance("a")).toMatchObject({ attributes: { name: "second" } });
    expect(workspace.instance("a")?.status).toBeUndefined();
  });

  it("replaces when it must", async () => {
    const { id } = store.all()[0]!;
    thing(`name = "second"\n region = "y"`);
    expect((await run("plan")).output).toMatch(/region\s+= "x" -> "y" # forces replacement/);
    expect(await apply()).toMatchObject({ code: 0 });
    expect(store.all()).toMatchObject([{ region: "y" }]);
    expect(store.all()[0]?.id).not.toBe(id);
  });

  it("plans anew what is gone", async () => {
    store.remove(store.all()[0]!.id);
    expect((await run("plan")).output).toContain("will be created");
    expect(await apply()).toMatchObject({ code: 0 });
  });

  it("keeps private state", async () => {
    // read compares it with the id, and fails when they differ.
    expect(workspace.state()).toContain(
      Buffer.from(JSON.stringify({ created: store.all()[0]!.id })).toString("base64"),
    );
    expect(await planCode()).toBe(0);
  });

  it("keeps what a failed create has saved, as tainted", async () => {
    thing(
      `name = "second"\n region = "y"\n}\nresource "demo_thing" "b" {\n name = "half-made"\n region = "x"`,
    );
    const { code, output } = await apply();
    expect(code).toBe(1);
    expect(output).toMatch(/The second step failed/);
    expect(workspace.instance("b")).toMatchObject({
      status: "tainted",
      attributes: { name: "half-made", revision: 1 },
    });
    expect((await run("plan")).output).toMatch(/is tainted, so (it )?must be replaced/);
  });

  it("keeps nothing of a create that saved nothing", async () => {
    thing(`name = "second"\n region = "y"\n}\nresource "demo_thing" "b" {\n name = "refused"\n region = "x"`);
    const { code, output } = await apply();
    expect(code).toBe(1);
    expect(output).toMatch(/The name is taken/);
    expect(workspace.instance("b")).toBeUndefined();
  });

  it("names the attribute when a result contradicts the plan", async () => {
    thing(`name = "second"\n region = "y"\n}\nresource "demo_thing" "b" {\n name = "liar"\n region = "x"`);
    const { code, output } = await apply();
    expect(code).toBe(1);
    expect(output).toMatch(/The result contradicts the plan for name/);
    expect(output).toMatch(/Planned was "liar", and the provider returned "truth"/);
    expect(output).not.toMatch(/bug in the provider/);
    expect(workspace.instance("b")?.status).toBe("tainted");
  });

  it("says how to get more time when a create takes too long", async () => {
    const slow = `name = "slow"\n region = "x"\n timeouts { create = "1s" }`;
    thing(`name = "second"\n region = "y"\n}\nresource "demo_thing" "b" {\n ${slow}`);
    const { code, output } = await apply();
    expect(code).toBe(1);
    expect(output).toMatch(/Creating demo_thing took longer than 1s/);
    expect(output).toMatch(/create = "2s"/);
    expect(output).toMatch(/on main.tf line \d+, in resource "demo_thing" "b"/);
    expect(workspace.instance("b")).toBeUndefined();
  });

  it("changes timeouts alone in place, without a request", async () => {
    const [{ revision }] = [store.all().find(({ name }) => name === "second")!];
    thing(`name = "second"\n region = "y"\n timeouts { update = "1m" }`);
    const { output } = await run("plan");
    expect(output).toMatch(/will be updated in-place[\s\S]*\+ timeouts \{\s+\+ update = "1m"\s+\}/);
    expect(output).not.toMatch(/known after apply/);
    expect(await apply()).toMatchObject({ code: 0 });
    expect(workspace.instance("a")?.attributes.timeouts).toEqual({ create: null, update: "1m" });
    expect(store.all().find(({ name }) => name === "second")).toMatchObject({ revision });
    expect(await planCode()).toBe(0);
    thing(`name = "second"\n region = "y"`);
    expect((await apply()).output).toMatch(/0 added, 1 changed, 0 destroyed/);
    expect(workspace.instance("a")?.attributes.timeouts).toBeNull();
    expect(await planCode()).toBe(0);
  });

  it("imports by the key that the provider understands", async () => {
    store.put({ ...store.all()[0]!, id: "by-hand", name: "imported", region: "z" });
    thing(
      `name = "second"\n region = "y"\n}\nresource "demo_thing" "c" {\n name = "imported"\n region = "z"`,
    );
    expect(await run("import", "demo_thing.c", "imported")).toMatchObject({ code: 0 });
    expect(workspace.instance("c")?.attributes).toMatchObject({
      id: "by-hand",
      name: "imported",
      region: "z",
    });
    const missing = await run("import", "demo_thing.a[1]", "nothing");
    expect(missing.code).toBe(1);
  });

  it("reads data sources", async () => {
    workspace.write(`
      data "demo_things" "z" { region = "z" }
      output "names" { value = data.demo_things.z.names }
    `);
    expect((await run("apply", "-auto-approve")).output).toMatch(/names = tolist\(\[\s+"imported"/);
  });

  it("keeps the state of what it could not delete", async () => {
    thing(`name = "kept"\n region = "y"`);
    await apply();
    const { code, output } = await run("destroy", "-auto-approve");
    expect(code).toBe(1);
    expect(output).toMatch(/It is protected/);
    expect(workspace.instance("a")?.attributes).toMatchObject({ name: "kept" });
  });

  it("refuses a deletion at plan, before anything is done", async () => {
    thing(`name = "precious"\n region = "y"`);
    await apply();
    const destroy = await run("plan", "-destroy");
    expect(destroy.code).toBe(1);
    expect(destroy.output).toMatch(/It is precious[\s\S]*on main.tf line \d+, in resource "demo_thing" "a"/);
    thing(`name = "precious"\n region = "z"`);
    expect((await run("plan")).output).toMatch(/It is precious/);
    workspace.write("");
    expect(await apply()).toMatchObject({ code: 1, output: expect.stringContaining("It is precious") });
    expect(store.all()).toMatchObject([{ name: "precious" }]);
  });

  it("warns of a deletion at plan, and remembers it until apply", async () => {
    thing(`name = "watched"\n region = "y"`);
    await apply();
    const plan = await run("plan", "-destroy", "-out=destroy.plan");
    expect(plan.output).toMatch(/Warning: Somebody will miss it/);
    expect(await run("apply", "destroy.plan")).toMatchObject({ code: 0 });
    expect(store.all()).toEqual([]);
    thing(`name = "kept"\n region = "y"`);
    await apply();
  });

  it("destroys", async () => {
    thing(`name = "second"\n region = "y"`);
    await apply();
    expect(await run("destroy", "-auto-approve")).toMatchObject({ code: 0 });
    expect(store.all()).toEqual([]);
  });

  it("leaves no process and no socket behind", () => {
    expect(workspace.processes()).toEqual([]);
    expect(workspace.leftovers()).toEqual([]);
  });
});
