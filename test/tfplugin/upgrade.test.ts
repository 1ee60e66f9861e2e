import { Store } from "./fixture/store";
import { Workspace } from "./terraform";

jest.setTimeout(120_000);

describe("a state that an older release has written", () => {
  const workspace = new Workspace("first");
  const store = new Store(workspace.storePath);
  const run = (...parameters: readonly string[]) => workspace.terraform(...parameters);
  const schemaVersion = () => /"schema_version": (\d+)/.exec(workspace.state())?.[1];

  afterAll(() => workspace.remove());

  it("is one of the first schema", async () => {
    workspace.write(`
      resource "demo_thing" "a" {
        title  = "old"
        region = "x"
        labels = ["team=web", "tier=1"]
        ratio  = 0.1
      }
    `);
    expect(await run("init")).toMatchObject({ code: 0 });
    expect(await run("apply", "-auto-approve")).toMatchObject({ code: 0 });
    expect(schemaVersion()).toBe("0");
    expect(workspace.instance("a")?.attributes).toMatchObject({
      title: "old",
      labels: ["team=web", "tier=1"],
    });
  });

  it("plans no change with the newest release", async () => {
    workspace.installNewest();
    expect(await run("init", "-upgrade")).toMatchObject({ code: 0 });
    workspace.write(`
      resource "demo_thing" "a" {
        name   = "old"
        region = "x"
        labels = { team = "web", tier = "1" }
        ratio  = 0.1
      }
    `);
    const { code, output } = await run("plan", "-detailed-exitcode");
    expect(output).toMatch(/No changes/);
    expect(code).toBe(0);
  });

  it("is written anew with the next apply, and its private state is kept", async () => {
    expect(await run("apply", "-auto-approve")).toMatchObject({ code: 0 });
    expect(schemaVersion()).toBe("2");
    // read compares the private state with the id, and fails when they differ.
    expect(workspace.instance("a")?.attributes).toMatchObject({
      id: store.all()[0]!.id,
      name: "old",
      labels: { team: "web", tier: "1" },
      ratio: 0.1,
      rule: [],
      timeouts: null,
    });
  });
});
