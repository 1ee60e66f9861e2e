import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { NullProvider } from "@cdktf/provider-null/lib/provider";
import { Resource as NullResource } from "@cdktf/provider-null/lib/resource";
import { App, LocalBackend, TerraformOutput, TerraformStack } from "cdktf";
import { provider } from "../../examples/provider/provider";
import { attribute, defineResource } from "../../lib/tfplugin";
import { installNullProvider, nullProviderVersion } from "./null-provider";
import { TerraformDirectory } from "./terraform";

jest.setTimeout(120_000);

const folder = join(__dirname, "../../examples/provider");

describe("examples/provider", () => {
  it("is a complete provider in less than 60 lines", () => {
    const lines = readdirSync(folder).map(
      (name) => readFileSync(join(folder, name), "utf8").split("\n").length - 1,
    );
    expect(lines.reduce((sum, count) => sum + count, 0)).toBeLessThan(60);
    expect(provider.version).toBe(nullProviderVersion);
  });

  it("does not compile with a wrong name or type", () => {
    const attributes = {
      id: attribute.string({ computed: true, stable: true }),
      triggers: attribute.map(attribute.string(), { optional: true, replace: true }),
    };
    const create = () => ({ id: "1", triggers: null });
    defineResource({
      attributes,
      // @ts-expect-error The attribute is called triggers.
      create: ({ plan }) => ({ id: "1", triggers: plan.trigger }),
    });
    defineResource({
      attributes,
      // @ts-expect-error An id is a string.
      create: ({ plan }) => ({ id: 1, triggers: plan.triggers }),
    });
    // @ts-expect-error A state without an id is none.
    defineResource({ attributes, create: ({ plan }) => ({ triggers: plan.triggers }) });
    // @ts-expect-error A stable attribute of the state is never null, and this compares it with a number.
    defineResource({ attributes, create, delete: ({ state }) => void (state.id === 1) });
    // @ts-expect-error There is no such option.
    attribute.string({ optinal: true });
    expect(Object.keys(provider.resources!.null_resource!.attributes)).toEqual(Object.keys(attributes));
  });
});

describe("under real terraform", () => {
  const workspace = new TerraformDirectory();
  const run = (...parameters: readonly string[]) => workspace.terraform(...parameters);
  const planCode = async () => (await run("plan", "-detailed-exitcode")).code;
  const id = () => workspace.instance("a")?.attributes.id;
  const write = (resource: string) =>
    workspace.write(`
      terraform {
        required_providers {
          null = { source = "hashicorp/null" }
        }
      }
      ${resource}
    `);

  beforeAll(() => installNullProvider(workspace.directory));
  afterAll(() => workspace.remove());

  it("is installed by init, without a registry", async () => {
    write('resource "null_resource" "a" {}');
    const { code, output } = await run("init");
    expect(output).toMatch(/Installed hashicorp\/null v3\.2\.4/);
    expect(code).toBe(0);
  });

  it("creates, and then plans no change", async () => {
    write('resource "null_resource" "a" { triggers = { version = "1" } }');
    const { output } = await run("apply", "-auto-approve");
    expect(output).toMatch(/id\s+= \(known after apply\)/);
    expect(output).toMatch(/1 added, 0 changed, 0 destroyed/);
    expect(workspace.instance("a")?.attributes).toEqual({
      id: expect.stringMatching(/^\d+$/),
      triggers: { version: "1" },
    });
    expect(await planCode()).toBe(0);
  });

  it("is replaced when a trigger changes, and when all of them go", async () => {
    const before = id();
    write('resource "null_resource" "a" { triggers = { version = "2" } }');
    const { output } = await run("apply", "-auto-approve");
    expect(output).toMatch(/triggers\s+= \{ # forces replacement/);
    expect(output).toMatch(/1 added, 0 changed, 1 destroyed/);
    expect(id()).not.toBe(before);
    write('resource "null_resource" "a" {}');
    expect((await run("apply", "-auto-approve")).output).toMatch(/1 added, 0 changed, 1 destroyed/);
    expect(workspace.instance("a")?.attributes.triggers).toBeNull();
  });

  it("replaces for a trigger that is not known yet", async () => {
    write(`
      resource "null_resource" "a" {}
      resource "null_resource" "b" { triggers = { a = null_resource.a.id } }
    `);
    expect(await run("apply", "-auto-approve")).toMatchObject({ code: 0 });
    const { output } = await run("plan", "-replace=null_resource.a");
    expect(output).toMatch(
      /"a" = "\d+"\s+\} -> \(known after apply\) # forces replacement|forces replacement/,
    );
    expect(output).toMatch(/2 to add, 0 to change, 2 to destroy/);
  });

  it("has a state that other providers understand", async () => {
    const before = id();
    write(`
      resource "terraform_data" "a" {}
      resource "null_resource" "b" { triggers = { a = terraform_data.a.id } }
      moved {
        from = null_resource.a
        to   = terraform_data.a
      }
    `);
    expect((await run("apply", "-auto-approve")).output).toMatch(/0 added, 0 changed, 0 destroyed/);
    expect(id()).toBe(before);
  });

  it("destroys, and leaves nothing behind", async () => {
    expect((await run("destroy", "-auto-approve")).output).toMatch(/2 destroyed/);
    expect(workspace.leftovers()).toEqual([]);
  });
});

describe("the bindings of @cdktf/provider-null", () => {
  const outdir = mkdtempSync(join(tmpdir(), "tfplugin-"));
  const stackFolder = join(outdir, "stacks/nothing");

  afterAll(() => rmSync(outdir, { recursive: true, force: true }));

  function synthesise(version: string): void {
    const app = new App({ outdir, skipBackendValidation: true });
    const stack = new TerraformStack(app, "nothing");
    // By default cdktf keeps the state in the folder that it runs in.
    new LocalBackend(stack, { path: join(outdir, "terraform.tfstate") });
    new NullProvider(stack, "null");
    const first = new NullResource(stack, "first", { triggers: { version } });
    const second = new NullResource(stack, "second", { triggers: { first: first.id } });
    new TerraformOutput(stack, "id", { value: second.id });
    app.synth();
  }

  it("run on it", async () => {
    synthesise("1");
    const stack = new TerraformDirectory(stackFolder);
    await installNullProvider(stackFolder);
    expect(await stack.terraform("init")).toMatchObject({ code: 0 });
    expect((await stack.terraform("apply", "-auto-approve")).output).toMatch(/2 added/);
    expect((await stack.terraform("plan", "-detailed-exitcode")).code).toBe(0);
    synthesise("2");
    const replaced = await stack.terraform("apply", "-auto-approve");
    expect(replaced.output).toMatch(/2 added, 0 changed, 2 destroyed/);
    expect((await stack.terraform("destroy", "-auto-approve")).output).toMatch(/2 destroyed/);
  });
});
