import { TerraformStack, Testing } from "cdktf";
import { Project } from "fairlead";
import { startPlatform, type TestPlatform } from "fairlead/testing";
import { Workbench } from "../lib";
import { standIns } from "../lib/testing";

jest.setTimeout(120_000);

let platform: TestPlatform;
beforeAll(async () => {
  platform = await startPlatform({ images: standIns });
});

test("notebooks are reached through their forward", async () => {
  const stack = new TerraformStack(Testing.app(), "bench");
  const project = new Project(stack, "Project", { name: "bench" });
  const { notebooks } = new Workbench(stack, "Bench", {
    ...{ project, until: "2099-12-31T18:00:00+09:00", allowedCidrs: ["127.0.0.0/8"] },
  });
  const { outputs, changes } = await platform.deploy(stack, { url: notebooks.url("http") });
  expect(changes.add).toBe(4);
  expect(await (await fetch(outputs.url)).text()).toBe("notebooks");
});
