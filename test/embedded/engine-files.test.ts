import { existsSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { alive, build, cleanUp, eventually, killedPlatform, shell, testEngine } from "./engine-fixture";

beforeAll(build);
afterEach(cleanUp);

const secret = "s3cret-Zx81";
const key = (name: string) => `ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI${name} ${name}`;
const sleeps = shell("echo $$; exec sleep 60");
const pidIn = (output: string) => Number(output.trim().split("\n").at(-1));
const read = (folder: string, file: string) => readFileSync(join(folder, file), "utf8");

test("a command finds what its instance is told in files that are its own", async () => {
  const { engine, machine, output, folder } = testEngine({
    told: shell('cat "$FAIRLEAD_USER_DATA_FILE" "$FAIRLEAD_AUTHORIZED_KEYS_FILE"; exec sleep 60'),
  });
  const userData = `#cloud-config\npassword: ${secret} é\n`;
  await engine.start(machine("told", { userData, sshKeys: [key("one"), key("two")] }));
  expect(output("i-1")).toBe(`${userData}${key("one")}\n${key("two")}\n`);
  for (const file of ["user-data", "authorized_keys"]) {
    expect(statSync(join(folder("i-1"), file)).mode & 0o777).toBe(0o600);
  }
});

test("no user data is no file, empty user data an empty one; the keys are always there", async () => {
  const { engine, machine, folder } = testEngine({ sleeps });
  const one = machine("sleeps");
  await engine.start(one);
  expect(existsSync(join(folder("i-1"), "user-data"))).toBe(false);
  expect(read(folder("i-1"), "authorized_keys")).toBe("");
  await engine.start({ ...one, userData: "" });
  expect(read(folder("i-1"), "user-data")).toBe("");
  await engine.start(one);
  expect(existsSync(join(folder("i-1"), "user-data"))).toBe(false);
});

test("other keys replace the file and restart nothing", async () => {
  const { engine, machine, output, folder } = testEngine({ sleeps });
  const one = machine("sleeps", { sshKeys: [key("one")] });
  await engine.start(one);
  const pid = pidIn(output("i-1"));
  for (const sshKeys of [[key("two")], [], [key("one"), key("three")]]) {
    await engine.start({ ...one, sshKeys });
    expect(read(folder("i-1"), "authorized_keys")).toBe(sshKeys.map((line) => `${line}\n`).join(""));
  }
  expect(alive(pid)).toBe(true);
  expect(output("i-1").trim().split("\n")).toHaveLength(1);
});

test("whoever reads the keys while they change sees the old ones or the new ones", async () => {
  const { engine, machine, folder } = testEngine({ sleeps });
  const [few, many] = [[key("one")], Array.from({ length: 64 }, (_, i) => key(String(i).repeat(100)))];
  const one = machine("sleeps", { sshKeys: few });
  await engine.start(one);
  const seen = new Set<string>();
  let changing = true;
  const reading = (async () => {
    while (changing) {
      seen.add(read(folder("i-1"), "authorized_keys"));
      await new Promise(setImmediate);
    }
  })();
  for (let i = 0; i < 50; i++) await engine.start({ ...one, sshKeys: i % 2 ? few : many });
  changing = false;
  await reading;
  const allowed = [few, many].map((keys) => keys.map((line) => `${line}\n`).join(""));
  expect([...seen].filter((content) => !allowed.includes(content))).toEqual([]);
  expect(seen.size).toBe(2);
});

test("keys that change while a machine is down are there when it runs again", async () => {
  const { engine, machine, states, output, folder } = testEngine({ sleeps }, { firstRestartMs: 60_000 });
  const one = machine("sleeps", { sshKeys: [key("one")] });
  await engine.start(one);
  process.kill(pidIn(output("i-1")), "SIGKILL");
  await eventually(() => states.length === 1);
  await engine.start({ ...one, sshKeys: [key("two")] });
  expect(states.at(-1)).toBe("i-1 active");
  expect(read(folder("i-1"), "authorized_keys")).toBe(`${key("two")}\n`);
});

test("other user data is a restart", async () => {
  const { engine, machine, output, folder } = testEngine({ sleeps });
  const one = machine("sleeps", { userData: "first" });
  await engine.start(one);
  const pid = pidIn(output("i-1"));
  await engine.start({ ...one, userData: "second" });
  expect(alive(pid)).toBe(false);
  expect(read(folder("i-1"), "user-data")).toBe("second");
});

test("the files go with the instance", async () => {
  const { engine, machine, folder } = testEngine({ sleeps });
  await engine.start(machine("sleeps", { userData: secret, sshKeys: [key("one")] }));
  await engine.stop("i-1");
  expect(existsSync(folder("i-1"))).toBe(false);
});

test("after kill -9 of the platform the next one brings them to what its rows say", async () => {
  const next = testEngine({ sleeps });
  const ids = ["i-1", "i-2", "gone"];
  const told = { userData: secret, sshKeys: [key("one")] };
  await killedPlatform(
    next.dataDir,
    { sleeps },
    ids.map((id) => next.machine("sleeps", { id, ...told })),
  );
  // As if it had died between the two steps of a change.
  writeFileSync(join(next.folder("i-1"), "authorized_keys.new"), key("half"), { mode: 0o644 });
  await next.engine.recover(["i-1", "i-2"]);
  expect(existsSync(next.folder("gone"))).toBe(false);
  await next.engine.start(next.machine("sleeps", { ...told, sshKeys: [key("two")] }));
  await next.engine.start(next.machine("sleeps", { id: "i-2" }));

  expect(read(next.folder("i-1"), "user-data")).toBe(secret);
  expect(read(next.folder("i-1"), "authorized_keys")).toBe(`${key("two")}\n`);
  expect(statSync(join(next.folder("i-1"), "authorized_keys")).mode & 0o777).toBe(0o600);
  expect(existsSync(join(next.folder("i-2"), "user-data"))).toBe(false);
  expect(read(next.folder("i-2"), "authorized_keys")).toBe("");
  for (const id of ["i-1", "i-2"]) {
    expect(readdirSync(next.folder(id)).filter((file) => file.endsWith(".new"))).toEqual([]);
  }
});

test("a link in the folder is replaced, never written through", async () => {
  const { engine, machine, folder, dataDir } = testEngine({ sleeps });
  const one = machine("sleeps");
  await engine.start(one);
  const elsewhere = join(dataDir, "elsewhere");
  writeFileSync(elsewhere, "untouched");
  symlinkSync(elsewhere, join(folder("i-1"), "authorized_keys.new"));
  await engine.start({ ...one, sshKeys: [key("one")] });
  expect(readFileSync(elsewhere, "utf8")).toBe("untouched");
  expect(read(folder("i-1"), "authorized_keys")).toBe(`${key("one")}\n`);
});

test("user data shows in no log, error, argument or environment", async () => {
  const test = testEngine(
    {
      sleeps,
      fails: shell("ls -l; env; exit 3", { ready: { tcp: 4001 } }),
      missing: { description: "", command: ["no-such-command"] },
    },
    { firstRestartMs: 10 },
  );
  const told = { userData: secret, memoryMib: 512, cpus: 1 };
  const said: string[] = [];
  for (const image of ["fails", "missing", "unknown"]) {
    await test.engine.start(test.machine(image, told)).catch((error) => said.push(String(error.stack)));
  }
  expect(said).toHaveLength(3);
  await test.engine.start(test.machine("sleeps", told));
  process.kill(pidIn(test.output("i-1")), "SIGKILL");
  await eventually(() => test.states.length === 2);

  for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
    for (const file of ["cmdline", "environ"]) {
      try {
        said.push(readFileSync(`/proc/${pid}/${file}`, "utf8"));
      } catch {
        // It is gone.
      }
    }
  }
  said.push(...test.states, ...test.lines, test.output("i-1"));
  expect(said.filter((text) => text.includes(secret))).toEqual([]);
});
