import { asOneLine } from "../support/terraform";
import { Store } from "./fixture/store";
import { Workspace } from "./terraform";

jest.setTimeout(120_000);

describe("under real terraform", () => {
  const workspace = new Workspace();
  const store = new Store(workspace.storePath);
  const run = (...parameters: readonly string[]) => workspace.terraform(...parameters);
  const outputs = async () => JSON.parse((await run("output", "-json")).output) as Record<string, unknown>;

  beforeAll(async () => {
    workspace.write("");
    expect(await run("init")).toMatchObject({ code: 0 });
  });

  afterAll(() => workspace.remove());

  it("functions are called in validate, plan and apply", async () => {
    workspace.write(`
      locals { parts = ["a", "b", "c"] }
      output "address" { value = provider::demo::parse_address("[::1]:2222") }
      output "joined" { value = provider::demo::join(null, "x", local.parts...) }
    `);
    expect(await run("validate")).toMatchObject({ code: 0 });
    expect(await run("apply", "-auto-approve")).toMatchObject({ code: 0 });
    expect(await outputs()).toMatchObject({
      address: { value: { host: "[::1]", port: 2222 } },
      joined: { value: "xabc" },
    });
  });

  it("functions wait for what is not known yet", async () => {
    workspace.write(`
      resource "demo_thing" "a" {
        name   = "first"
        region = "x"
      }
      output "joined" { value = provider::demo::join("-", demo_thing.a.id, "z") }
    `);
    expect((await run("plan")).output).toMatch(/joined .*-> \(known after apply\)/);
    expect(await run("apply", "-auto-approve")).toMatchObject({ code: 0 });
    expect(await outputs()).toMatchObject({ joined: { value: `${store.all()[0]!.id}-z` } });
  });

  it.each([
    [
      'parse_address("nowhere")',
      /Invalid value for "address" parameter: "nowhere" does not fit: use host:port\./,
    ],
    ['join("-", "a", "")', /Invalid value for "parts" parameter: A part is empty\./],
    ["parse_address(null)", /Invalid value for "address" parameter: argument must not be null\./],
  ])("functions point at the argument: %s", async (expression, message) => {
    workspace.write(`output "x" { value = provider::demo::${expression} }`);
    const { code, output } = await run("validate");
    expect(code).toBe(1);
    expect(asOneLine(output)).toMatch(message);
  });

  it("a moved block turns one resource type into another, and nothing is made anew", async () => {
    workspace.write(`resource "demo_old_thing" "a" { title = "kept" }`);
    expect(await run("apply", "-auto-approve")).toMatchObject({ code: 0 });
    const [before] = store.all();
    workspace.write(`
      resource "demo_thing" "b" {
        name   = "kept"
        region = "x"
      }
      moved {
        from = demo_old_thing.a
        to   = demo_thing.b
      }
    `);
    const plan = await run("plan");
    expect(plan.output).toMatch(/demo_old_thing.a has moved to demo_thing.b/);
    expect(plan.output).toMatch(/Plan: 0 to add, 0 to change, 0 to destroy/);
    expect(await run("apply", "-auto-approve")).toMatchObject({ code: 0 });
    expect(workspace.instance("b")?.attributes).toMatchObject({ id: before!.id, name: "kept" });
    expect(store.all()).toEqual([before]);
    expect((await run("plan", "-detailed-exitcode")).code).toBe(0);
  });

  it("a move that nobody has prepared says what to do", async () => {
    workspace.write(`
      resource "demo_old_thing" "c" { title = "kept" }
      moved {
        from = demo_thing.b
        to   = demo_old_thing.c
      }
    `);
    const { code, output } = await run("plan");
    expect(code).toBe(1);
    expect(asOneLine(output)).toMatch(
      /Cannot move demo_thing to demo_old_thing .* demo_old_thing takes over no other resource type\. Take the moved block away/,
    );
  });
});
