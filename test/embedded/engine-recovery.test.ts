import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import {
  alive,
  build,
  cleanUp,
  eventually,
  freshFolder,
  killedPlatform,
  shell,
  talk,
  testEngine,
} from "./engine-fixture";

beforeAll(build);
afterEach(cleanUp);

test("built-in images end by themselves when the platform is killed", async () => {
  const { dataDir, machine, folder } = testEngine({});
  await killedPlatform(dataDir, {}, [machine("echo"), machine("http-hello", { id: "i-2" })]);
  for (const id of ["i-1", "i-2"]) {
    const pid = Number.parseInt(readFileSync(join(folder(id), "process"), "utf8"), 10);
    await eventually(() => !alive(pid));
  }
});

const lingering: Record<string, string> = {
  "the command": "echo $$; exec sleep 60",
  "a grandchild": "sleep 60 & echo $!; wait",
  "a grandchild in a session of its own": "setsid sleep 60 & sleep 0.05; echo $!; wait",
  "a grandchild whose parent is gone": "(setsid sleep 60 & echo $!); exec sleep 60",
  "a command that lost the mark": "echo $$; exec env -i sleep 60",
  "a child of a command that lost the mark": "exec env -i sh -c 'setsid sleep 60 & echo $!; wait'",
};

test.each(Object.entries(lingering))("recovery ends %s", async (_what, script) => {
  const images = { lingers: shell(script) };
  const next = testEngine(images);
  await killedPlatform(next.dataDir, images, [next.machine("lingers")]);
  const pid = Number.parseInt(next.output("i-1"), 10);
  expect(alive(pid)).toBe(true);
  await next.engine.recover(["i-1"]);
  expect(alive(pid)).toBe(false);
  expect(next.lines).toEqual([
    expect.stringMatching(/^ended \d processes that an earlier platform left behind$/),
  ]);
});

test("a first start ends left-overs too, before it binds their port", async () => {
  const script = `require("net").createServer((s) => s.on("error", () => 0).end("one")).listen(4001, process.env.FAIRLEAD_PRIVATE_IP)`;
  const images = {
    one: { description: "", command: [process.execPath, "-e", script], ready: { tcp: 4001 } },
  };
  const next = testEngine(images);
  const one = next.machine("one");
  await killedPlatform(next.dataDir, images, [one]);
  expect(await talk(one.privateIp, 4001)).toBe("one");
  await next.engine.start(one);
  expect(await talk(one.privateIp, 4001)).toBe("one");
});

test("recovery leaves the machines of another data folder alone", async () => {
  const other = testEngine({ sleeps: shell("echo $$; exec sleep 60") });
  await other.engine.start(other.machine("sleeps"));
  const neighbour = testEngine({}, {}, freshFolder());
  await neighbour.engine.recover([]);
  expect(alive(Number.parseInt(other.output("i-1"), 10))).toBe(true);
});

test("recovery removes the folders of machines that the platform no longer knows", async () => {
  const { engine, dataDir, folder } = testEngine({});
  for (const id of ["kept", "gone"]) mkdirSync(join(dataDir, "instances", id));
  await engine.recover(["kept", "not started yet"]);
  expect([existsSync(folder("kept")), existsSync(folder("gone"))]).toEqual([true, false]);
});
