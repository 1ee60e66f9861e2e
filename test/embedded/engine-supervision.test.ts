import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { alive, build, cleanUp, eventually, node, shell, talk, testEngine } from "./engine-fixture";

beforeAll(build);
afterEach(cleanUp);

/** The process that a test image named in its last line of output. */
const lastPid = (output: string) => Number(output.trim().split("\n").at(-1));

test("a machine that dies is restarted and reported, on the same address", async () => {
  const { engine, machine, folder, states } = testEngine({});
  const echo = machine("echo");
  await engine.start(echo);
  process.kill(Number.parseInt(readFileSync(join(folder("i-1"), "process"), "utf8"), 10), "SIGKILL");
  await eventually(() => states.length === 2);
  expect(states).toEqual(["i-1 error was ended by SIGKILL; restarting in 0.2 s", "i-1 active"]);
  expect(await talk(echo.privateIp, 7007, "again")).toBe("again");
});

test("the pause doubles up to its limit, and starts over after a steady life", async () => {
  const dies = shell("sleep 0.05; exit 1");
  const quick = { settleMs: 10, firstRestartMs: 10, longestRestartMs: 40 };
  const unsteady = testEngine({ dies }, quick);
  await unsteady.engine.start(unsteady.machine("dies"));
  const pauses = (states: string[]) =>
    states.filter((state) => state.includes("error")).map((state) => state.match(/[\d.]+ s$/)?.[0]);
  await eventually(() => pauses(unsteady.states).length >= 4);
  expect(pauses(unsteady.states).slice(0, 4)).toEqual(["0.01 s", "0.02 s", "0.04 s", "0.04 s"]);
  expect(unsteady.states[0]).toBe("i-1 error exited with code 1; restarting in 0.01 s");

  const steady = testEngine({ dies }, { ...quick, steadyMs: 40 });
  await steady.engine.start(steady.machine("dies"));
  await eventually(() => pauses(steady.states).length >= 3);
  expect(pauses(steady.states).slice(0, 3)).toEqual(["0.01 s", "0.01 s", "0.01 s"]);
});

test("a failed restart is reported with its cause and tried again", async () => {
  const { engine, machine, states, folder } = testEngine(
    { once: shell("test -e broken && { echo broken; exit 7; }; touch broken; sleep 0.2") },
    { firstRestartMs: 20 },
  );
  await engine.start(machine("once"));
  await eventually(() => states.length >= 3);
  expect(states[0]).toBe("i-1 error exited with code 0; restarting in 0.02 s");
  expect(states[1]).toBe(
    'i-1 error image "once" exited with code 7 before it was usable; its last output:\nbroken; restarting in 0.04 s',
  );
  expect(existsSync(folder("i-1"))).toBe(true);
  await engine.stop("i-1");
  const heard = states.length;
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(states).toHaveLength(heard);
});

test("a start of a machine that waits for its restart restarts it at once", async () => {
  const { engine, machine, states, output } = testEngine(
    { dies: shell("echo $$; exec sleep 60") },
    { firstRestartMs: 60_000 },
  );
  const one = machine("dies");
  await engine.start(one);
  process.kill(lastPid(output("i-1")), "SIGKILL");
  await eventually(() => states.length === 1);
  await engine.start(one);
  expect(states.at(-1)).toBe("i-1 active");
});

test("starts and a stop that meet while a machine waits for its restart are all answered", async () => {
  const { engine, machine, states, output, folder } = testEngine(
    { dies: shell("echo $$; exec sleep 60") },
    { firstRestartMs: 60_000 },
  );
  const one = machine("dies");
  await engine.start(one);
  process.kill(lastPid(output("i-1")), "SIGKILL");
  await eventually(() => states.length === 1);
  const calls = [
    engine.start(one),
    engine.start(one),
    engine.stop("i-1"),
    engine.start({ ...one, name: "other" }),
  ];
  const answers = await Promise.allSettled(calls);
  expect(answers.map((answer) => (answer.status === "rejected" ? answer.reason.message : "done"))).toEqual([
    "stopped before it was usable",
    "stopped before it was usable",
    "done",
    "done",
  ]);
  expect(existsSync(folder("i-1"))).toBe(true);
  expect(states).toHaveLength(1);
});

test("what ignores SIGTERM gets SIGKILL after the grace time", async () => {
  const { engine, machine, output } = testEngine(
    { stubborn: shell("trap '' TERM; echo $$; while true; do sleep 1; done") },
    { graceMs: 300 },
  );
  await engine.start(machine("stubborn"));
  const pid = lastPid(output("i-1"));
  const begin = Date.now();
  await engine.stop("i-1");
  expect(Date.now() - begin).toBeGreaterThanOrEqual(300);
  expect(alive(pid)).toBe(false);
});

test.each([
  ["in its group", "sleep 60"],
  ["in a session of its own", "setsid sleep 60"],
  ["without the mark", "env -i setsid sleep 60"],
])("a grandchild %s ends with the machine", async (_where, command) => {
  const { engine, machine, output } = testEngine({ parent: shell(`${command} & sleep 0.05; echo $!; wait`) });
  await engine.start(machine("parent"));
  const pid = await eventually(() => lastPid(output("i-1")) || undefined);
  expect(alive(pid)).toBe(true);
  await engine.stop("i-1");
  expect(alive(pid)).toBe(false);
});

test("a stop cuts a start short", async () => {
  const { engine, machine, folder } = testEngine({ never: shell("sleep 60", { ready: { tcp: 4001 } }) });
  const starting = engine.start(machine("never"));
  const failed = expect(starting).rejects.toThrow("stopped before it was usable");
  await eventually(() => existsSync(join(folder("i-1"), "process")));
  await engine.stop("i-1");
  await failed;
  expect(existsSync(folder("i-1"))).toBe(false);
});

test("a shutdown stops all side by side, and unknown ids do not matter to a stop", async () => {
  const { engine, machine } = testEngine({
    slow: node("process.on('SIGTERM', () => setTimeout(process.exit, 500)); setInterval(() => {}, 1000)"),
  });
  await Promise.all(Array.from({ length: 5 }, (_, at) => engine.start(machine("slow", { id: `i-${at}` }))));
  await engine.stop("i-99");
  const begin = Date.now();
  await engine.shutdown();
  expect(Date.now() - begin).toBeLessThan(2000);
});

test("the log is bounded and keeps the latest", async () => {
  const { engine, machine, folder } = testEngine(
    { chatty: shell("seq 1 200000; echo the end; sleep 60") },
    { logBytes: 100_000 },
  );
  await engine.start(machine("chatty"));
  const log = join(folder("i-1"), "output.log");
  // There is none for a moment, between the old one and the next.
  await eventually(() => existsSync(log) && readFileSync(log, "utf8").endsWith("the end\n"));
  const logs = readdirSync(folder("i-1")).filter((name) => name.startsWith("output"));
  expect(logs.sort()).toEqual(["output.log", "output.log.1"]);
  for (const log of logs) expect(statSync(join(folder("i-1"), log)).size).toBeLessThanOrEqual(100_000);
});
