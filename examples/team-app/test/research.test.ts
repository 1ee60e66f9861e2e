import { Aspects, Testing } from "cdktf";
import { Port } from "fairlead";
import { startPlatform } from "fairlead/testing";
import { office, TeamPolicy } from "team-library";
import { standIns } from "team-library/testing";
import { Research } from "../research";

jest.setTimeout(120_000);

test("each researcher has a workbench, for the team alone", () => {
  const stack = new Research(Testing.app(), "research");
  for (const { instance } of stack.benches) {
    expect(stack).toExpose(instance, { port: Port.SSH, from: office });
  }
  expect(stack).toExposeNothingTo("0.0.0.0/0");
});

test("the team's policy has nothing against it", () => {
  const stack = new Research(Testing.app(), "research");
  Aspects.of(stack).add(new TeamPolicy());
  expect(() => Testing.synth(stack, true)).not.toThrow();
});

test("deployed, every bench has notebooks, and another name is another machine", async () => {
  const platform = await startPlatform({ images: standIns });
  const stack = new Research(Testing.app(), "research", { allowedCidrs: ["127.0.0.0/8"] });
  const [ada, grace] = stack.benches;
  const { outputs } = await platform.deploy(stack, {
    ada: ada!.notebooks.url("http"),
    grace: grace!.notebooks.url("http"),
  });
  expect(outputs.ada).not.toBe(outputs.grace);
  for (const url of [outputs.ada, outputs.grace]) expect(await (await fetch(url)).text()).toBe("notebooks");
  expect(outputs.ssh).toEqual([expect.stringMatching(/^ssh -p \d+ ubuntu@127\./), expect.any(String)]);
});
