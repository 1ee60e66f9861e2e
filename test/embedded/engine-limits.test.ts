import { execFile } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { removeGroup } from "../../lib/embedded/engine/control-group";
import { findGroupTree } from "../../lib/embedded/engine/group-tree";
import { hostLimits } from "../../lib/embedded/engine/host-limits";
import {
  build,
  cleanUp,
  compiled,
  eventually,
  freshFolder,
  killedPlatform,
  node,
  onCleanUp,
  shell,
  type TestEngine,
  testEngine,
} from "./engine-fixture";

const tree = findGroupTree();
const withGroups = typeof tree === "string" ? test.skip : test;
if (typeof tree === "string") console.warn(`skipped: limits by control groups, since ${tree}`);

beforeAll(build);
afterEach(cleanUp);

const memoryMib = 160;
const outOfMemory = (mib = memoryMib) => `out of memory: its flavor small has ${mib} MiB`;

/** The command of a machine, as it is recorded for recovery. */
const commandOf = ({ folder }: TestEngine, id = "i-1") =>
  Number.parseInt(readFileSync(join(folder(id), "process"), "utf8"), 10);

/** Ways to want ever more memory, 200 ms after the start. */
const greedy = {
  "JavaScript objects":
    "const all = []; setTimeout(() => { for (;;) all.push(new Array(1e5).fill({})); }, 200);",
  buffers: "const all = []; setTimeout(() => { for (;;) all.push(Buffer.alloc(1e7, 1)); }, 200);",
};

test("says what is really enforced", async () => {
  const { engine, lines } = testEngine({});
  const host = await hostLimits();
  const limits = await engine.limits();
  expect(limits).toEqual({ memory: host.memory !== undefined, cpus: host.cpus !== undefined });
  if (host.reason !== undefined) console.info(lines.join("\n"));
  expect(lines).toEqual(
    host.reason === undefined ? [] : [expect.stringMatching(/^limits of flavors: memory .+, CPUs .+; .+$/)],
  );
  // Linux holds processes to RLIMIT_DATA everywhere, unless it was told at its start not to.
  if (process.platform === "linux") expect(limits.memory).toBe(true);
});

test.each(Object.entries(greedy))(
  "a machine that wants too much memory is ended, and its state says why: %s",
  async (_what, script) => {
    const { engine, machine, states } = testEngine({ greedy: node(script) });
    await engine.start(machine("greedy", { memoryMib }));
    await eventually(() => states.length > 0, 20_000);
    expect(states[0]).toMatch(
      /^i-1 error (was ended by SIG[A-Z]+|exited with code \d+), (perhaps )?out of memory/,
    );
    expect(states[0]).toContain(`${outOfMemory()}; restarting in 0.2 s`);
  },
);

test("a start that wants too much memory fails and says why", async () => {
  const greedy = node("const all = []; for (;;) all.push(Buffer.alloc(1e7, 1));", { ready: { tcp: 4001 } });
  const { engine, machine } = testEngine({ greedy }, { readyMs: 60_000 });
  await expect(engine.start(machine("greedy", { memoryMib }))).rejects.toThrow(
    `, ${outOfMemory()} before it was usable`,
  );
});

test("a machine that keeps to its memory lives, and one without limits may have more", async () => {
  const holds = (mib: number) =>
    node(
      `const all = Buffer.alloc(${mib} << 20, 1); console.log("has", all.length >> 20); setInterval(() => all, 1e6);`,
    );
  const test = testEngine({ little: holds(32), much: holds(180) });
  await test.engine.start(test.machine("little", { memoryMib }));
  await test.engine.start(test.machine("much", { id: "i-2" }));
  await eventually(() => test.output("i-1") === "has 32\n" && test.output("i-2") === "has 180\n", 45_000);
  expect(test.states).toEqual([]);
});

test("what fails for another reason is not blamed on memory", async () => {
  const { engine, machine, states } = testEngine({ fails: shell("sleep 0.3; echo no config; exit 3") });
  await engine.start(machine("fails", { memoryMib }));
  await eventually(() => states.length > 0);
  expect(states[0]).toBe("i-1 error exited with code 3; restarting in 0.2 s");
});

test("the process on record is the command, and its limits are those of the machine", async () => {
  const test = testEngine({});
  const limited = { memoryMib: 512, cpus: 1 };
  await test.engine.start(test.machine("echo", limited));
  const pid = commandOf(test);
  expect(readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0")[0]).toBe(process.execPath);
  if ((await hostLimits()).memory !== "process") return;
  const data = () =>
    /^Max data size +(\S+) +(\S+)/m.exec(readFileSync(`/proc/${commandOf(test)}/limits`, "utf8"));
  expect(data()?.slice(1)).toEqual([String(512 << 20), String(512 << 20)]);
  await test.engine.start(test.machine("echo", { ...limited, flavor: "large", memoryMib: 1024 }));
  expect(data()?.[1]).toBe(String(1024 << 20));
});

test("an image whose variables no shell can pass on is refused where there are limits", async () => {
  const { engine, machine } = testEngine({ odd: shell("sleep 60", { env: { "a.b": "1" } }) });
  const odd = machine("odd");
  await engine.start(odd);
  await expect(engine.start({ ...odd, memoryMib: 512 })).rejects.toThrow(
    'image "odd" sets the variable "a.b"; names are letters, digits and "_", or use a flavor without limits',
  );
});

describe("by control groups", () => {
  const groups = () =>
    readdirSync((tree as { folder: string }).folder).filter((name) => name.startsWith("fairlead-i-"));
  const spinning = "const end = () => 0; setInterval(end, 1e6); for (;;) end();";

  /** CPUs that a process takes, on average of two seconds. */
  async function cpusOf(pid: number): Promise<number> {
    const ticks = () => {
      const stat = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]!.split(" ");
      return Number(stat[11]) + Number(stat[12]);
    };
    const [before, began] = [ticks(), performance.now()];
    await sleep(2_000);
    return ((ticks() - before) * 10) / (performance.now() - began);
  }

  withGroups("a machine that burns CPU gets its share", async () => {
    const test = testEngine({ burns: node(spinning) });
    await test.engine.start(test.machine("burns", { cpus: 0.25 }));
    const share = await cpusOf(commandOf(test));
    expect(share).toBeGreaterThan(0.1);
    expect(share).toBeLessThan(0.4);
  });

  withGroups("all processes of a machine share its memory", async () => {
    const child =
      "setTimeout(() => { globalThis.all = Buffer.alloc(40 << 20, 1); }, 300); setInterval(() => 0, 1e6);";
    const start = `for (let i = 0; i < 6; i++) require("child_process").spawn(process.execPath, ["-e", ${JSON.stringify(child)}]);`;
    const { engine, machine, states } = testEngine({ family: node(`${start} setInterval(() => 0, 1e6);`) });
    await engine.start(machine("family", { memoryMib: 256 }));
    await eventually(() => states.length > 0, 20_000);
    expect(states[0]).toContain(`was ended by SIGKILL, ${outOfMemory(256)}`);
  });

  /** A platform in a group of its own starts `echo`; which groups it and the machine are in, or why none. */
  async function platformInGroup(
    setUp: string,
  ): Promise<{ platform: string; machine: string; reason?: string }> {
    const group = join((tree as { folder: string }).folder, `fairlead-test-${process.pid}`);
    mkdirSync(group);
    onCleanUp(() => removeGroup(group));
    const { machine } = testEngine({});
    const dataDir = freshFolder();
    chmodSync(dataDir, 0o777);
    const script = `${setUp}
      const { builtInImages, processEngine } = require(process.argv[1]);
      const { hostLimits } = require(process.argv[1] + "/host-limits");
      const [, , machine, dataDir, group] = process.argv;
      const groupOf = (pid) => require("fs").readFileSync("/proc/" + pid + "/cgroup", "utf8").trim().split("::")[1];
      (async () => {
        const engine = processEngine({ images: builtInImages, dataDir });
        await engine.start(JSON.parse(machine));
        const pid = parseInt(require("fs").readFileSync(dataDir + "/instances/i-1/process", "utf8"));
        const { reason } = await hostLimits();
        console.log(JSON.stringify({ platform: groupOf("self"), machine: groupOf(pid), reason }));
        await engine.shutdown();
      })();`;
    const move = 'echo 0 > "$0/cgroup.procs" && exec "$@"';
    const args = [
      script,
      compiled,
      JSON.stringify(machine("echo", { memoryMib: 256, cpus: 1 })),
      dataDir,
      group,
    ];
    const { stdout } = await promisify(execFile)("sh", ["-c", move, group, process.execPath, "-e", ...args]);
    const found = JSON.parse(stdout);
    const below = (path: string) => path.slice(path.indexOf(basename(group)) + basename(group).length);
    return { ...found, platform: below(found.platform), machine: below(found.machine) };
  }

  const nobody = `
    for (const file of ["", "/cgroup.procs", "/cgroup.subtree_control"])
      require("fs").chownSync(process.argv[4] + file, 65534, 65534);
    process.setgroups([]); process.setgid(65534); process.setuid(65534);`;

  withGroups.each([
    ["root", ""],
    ["another user", nobody],
  ])(
    "a platform alone in a group that is its own makes those of machines beside itself: %s",
    async (_who, setUp) => {
      const { platform, machine, reason } = await platformInGroup(setUp);
      expect(reason).toBeUndefined();
      expect(platform).toBe("/fairlead-platform");
      expect(machine).toMatch(/^\/fairlead-i-1-[0-9a-f]{8}$/);
    },
  );

  withGroups("a platform that shares its group with others moves none of them", async () => {
    const neighbour = 'require("child_process").spawn("sleep", ["60"], { stdio: "ignore" }).unref();';
    const { platform, machine, reason } = await platformInGroup(neighbour);
    expect(reason).toContain("holds other processes too; systemd-run --user --scope -p Delegate=yes starts");
    expect([platform, machine]).toEqual(["", ""]);
  });

  withGroups("a platform whose group belongs to somebody else does without", async () => {
    const foreign = "process.setgroups([]); process.setgid(65534); process.setuid(65534);";
    const { machine, reason } = await platformInGroup(foreign);
    expect(reason).toMatch(/^the control group .* is not this user's$/);
    expect(machine).toBe("");
  });

  withGroups("a group goes with its machine, with all that hides in it", async () => {
    // As a machine of root may do.
    const hides =
      'g=/sys/fs/cgroup$(cut -d: -f3 /proc/self/cgroup); mkdir "$g/below"; echo $$; exec sleep 60';
    const test = testEngine({ hides: shell(hides) });
    await test.engine.start(test.machine("hides", { memoryMib: 64, cpus: 0.5 }));
    expect(groups()).toHaveLength(1);
    expect(readFileSync(`/proc/${commandOf(test)}/cgroup`, "utf8")).toContain(groups()[0]);
    await test.engine.start(test.machine("hides", { memoryMib: 32, cpus: 0.5 }));
    expect(groups()).toHaveLength(1);
    await test.engine.start(test.machine("hides"));
    expect(groups()).toEqual([]);
    await test.engine.start(test.machine("hides", { memoryMib: 64 }));
    await test.engine.stop("i-1");
    expect(groups()).toEqual([]);
  });

  withGroups("recovery removes the groups that a killed platform made", async () => {
    const images = { sleeps: shell("sleep 60 & exec sleep 60") };
    const next = testEngine(images);
    const machines = ["i-1", "i-2"].map((id) => next.machine("sleeps", { id, memoryMib: 64, cpus: 0.5 }));
    await killedPlatform(next.dataDir, images, machines);
    expect(groups()).toHaveLength(2);
    await next.engine.recover(["i-1"]);
    expect(groups()).toEqual([]);
    await next.engine.start(machines[0]!);
    expect(groups()).toHaveLength(1);
    await next.engine.shutdown();
    expect(groups()).toEqual([]);
    expect(existsSync(join(next.folder("i-1"), "control-group"))).toBe(false);
  });
});
