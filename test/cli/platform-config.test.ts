import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readConfig, StartConfig } from "../../lib/cli/platform/config";
import { cleanUp, freshFolder } from "../support/clean-up";
import { fairleadCommand, freshEnvironment, launch } from "../support/command";
import { freshAddress, startTestPlatform, temporaryFolder } from "../support/embedded";
import { eventually } from "../support/processes";

const folder = temporaryFolder();
afterAll(() => folder.remove());
afterEach(cleanUp);

const written = (text: string): string => {
  const file = join(folder.path, "platform.json");
  writeFileSync(file, text);
  return file;
};

test("programs of images are found from the file's folder", () => {
  const file = written(`{ "images": { "mine": { "command": ["node", "./mine.mjs", "--flag"] } } }`);
  expect(readConfig(file).images?.mine).toEqual({
    description: "",
    command: ["node", join(folder.path, "mine.mjs"), "--flag"],
  });
});

test.each([
  ["{", "1:2", /is neither JSON nor YAML/],
  [`{ "ports": 1,\n  "ports": 2 }`, "2:3", /Map keys must be unique/],
  [`{ "image": {} }`, "1:3", /image is not a field that can be set here; did you mean images\?/],
  [
    `{\n  "images": {\n    "x": { "comand": ["a"] }\n  }\n}`,
    "3:12",
    /images\.x\.comand is not .* did you mean command\?/,
  ],
  [
    `{ "images": { "x": { "command": [] } } }`,
    "1:22",
    /images\.x\.command is \[\], but a command has a program/,
  ],
  [`{ "images": { "x": {} } }`, "1:15", /images\.x\.command is required/],
  [`{ "ports": { "from": 9, "to": 3 } }`, "1:3", /"from" is not above "to"/],
  [
    `{ "ports": { "from": 0, "to": 3 } }`,
    "1:14",
    /ports\.from is 0, but a port is a whole number from 1 to 65535/,
  ],
  [
    `externalIps:\n  - 127.0.0.1\n  - example\n`,
    "3:5",
    /externalIps\.1 is "example", but an external address is an IP address/,
  ],
  [`flavors:\n  x: { memoryMib: 0.5 }`, "2:8", /flavors\.x\.memoryMib is 0\.5, but memory is a whole number/],
  [`{ "flavors": { "x": { "cpus": 0 } } }`, "1:23", /flavors\.x\.cpus is 0, but CPUs are more than 0/],
  [
    `{ "without": ["expirey"] }`,
    "1:15",
    /without\.0 is "expirey", but a capability is one of projectManagement, instanceManagement, portRanges/,
  ],
  [`{ "privateCidr": "10.0.0.0/8" }`, "1:3", /a network within 127\.0\.0\.0\/8/],
  [
    `{ "listen": "7878" }`,
    "1:3",
    /listen is "7878", but it is an IP address and a port, such as 127\.0\.0\.1:7878/,
  ],
  [`{ "logLevel": "loud" }`, "1:3", /logLevel is "loud", but it is one of debug, info, warn, error/],
  [
    `{ "tcpIdleSeconds": 0 }`,
    "1:3",
    /tcpIdleSeconds is 0, but the idle time of connections is at least 1 sec/,
  ],
  [
    `{ "tcpConnectionsPerForward": 0 }`,
    "1:3",
    /tcpConnectionsPerForward is 0, but a forward may have at least 1 connection/,
  ],
  [`{ "connectionLog": "" }`, "1:3", /connectionLog is "", but it is the path of a file/],
  [`{ "drain": "10" }`, "1:3", /drain is "10", but it is a whole number and s or m, 60m at most/],
  [`{ "expose": "yes" }`, "1:3", /expose is "yes", but it is true or false/],
  [
    `{ "rateLimit": { "perSecond": 0, "burst": 5 } }`,
    "1:18",
    /rateLimit\.perSecond is 0, but it is a number of requests/,
  ],
])("%s is refused at %s with path and what is allowed", (text, position, message) => {
  const file = written(text);
  expect(() => readConfig(file)).toThrow(message);
  expect(() => readConfig(file)).toThrow(`\n  ${file}:${position}: `);
});

test("a connection log is found from the file's folder", () => {
  const { connectionLog } = readConfig(written("connectionLog: connections.log\ndrain: 10s\n"));
  expect(connectionLog).toBe(join(folder.path, "connections.log"));
});

test("everything that is wrong is said at once, each in a line", () => {
  const file = written(`lissten: "127.0.0.1:1"\nports: 3\nimages:\n  x: { command: [] }\n`);
  expect(() => readConfig(file)).toThrow(/ is wrong:(\n {2}\S+:\d+:\d+: [^\n]+){3}$/);
});

test("JSON with tabs is read as ever, and YAML says the same with comments", () => {
  const json = readConfig(
    written(`{\n\t"ports": {\n\t\t"from": 1,\n\t\t"to": 2\n\t},\n\t"expose": true\n}\n`),
  );
  expect(json).toEqual({ ports: { from: 1, to: 2 }, expose: true });
  expect(readConfig(written("# of the lab\nports: { from: 1, to: 2 }\nexpose: true\n"))).toEqual(json);
});

test("every flag of `platform start` has a key, so that none can be forgotten", () => {
  const { status, stdout } = spawnSync(process.execPath, [fairleadCommand, "platform", "start", "--help"], {
    encoding: "utf8",
  });
  expect(status).toBe(0);
  const flags = [...stdout.matchAll(/^ {2}(?:-\w, )?--([\w-]+)/gm)].map(([, flag]) => flag!);
  expect(flags.length).toBeGreaterThan(8);
  const keys = Object.keys(StartConfig.shape);
  const keyOf = (flag: string) =>
    ({ "external-ip": "externalIps" })[flag] ?? flag.replace(/-(\w)/g, (_, letter) => letter.toUpperCase());
  // The file cannot name itself.
  const missing = flags.filter((flag) => !["config", "help"].includes(flag) && !keys.includes(keyOf(flag)));
  expect(missing).toEqual([]);
});

test("a platform is started by its file alone; paths are found from there, and flags win", async () => {
  const home = freshFolder();
  const externalIp = freshAddress();
  const file = join(home, "platform.yaml");
  writeFileSync(
    file,
    [
      'listen: "127.0.0.1:0"',
      "data: lasting",
      `externalIps: ["${externalIp}"]`,
      "ports: { from: 30000, to: 30010 }",
      "logFormat: text",
      "logLevel: debug",
      "json: true",
      "rateLimit: { perSecond: 1, burst: 2 }",
    ].join("\n"),
  );
  const start = async (...args: string[]) => {
    const launched = launch(
      [process.execPath, fairleadCommand, "platform", "start", "--config", file, ...args],
      {
        ...{ cwd: "/", env: freshEnvironment(home) },
      },
    );
    await eventually(() => launched.stdout().endsWith("\n"));
    const { endpoint, tokenFile } = JSON.parse(launched.stdout());
    const headers = { authorization: `Bearer ${readFileSync(tokenFile, "utf8").trim()}` };
    const statuses = [];
    for (let i = 0; i < 3; i++) statuses.push((await fetch(`${endpoint}/v1/images`, { headers })).status);
    launched.process.kill("SIGTERM");
    expect((await launched.exit).code).toBe(0);
    return { tokenFile, statuses, output: launched.output() };
  };
  const first = await start();
  expect(first.tokenFile).toBe(join(home, "lasting/token"));
  expect(first.statuses).toEqual([200, 200, 429]);
  expect(first.output).toMatch(/Z debug request method=GET path=\/v1\/images status=200 /);
  const second = await start("--log-level", "warn", "--data", join(home, "other"));
  expect(second.tokenFile).toBe(join(home, "other/token"));
  expect(second.output).not.toContain("request");
});

test("a file that is not there is said to be so", () => {
  expect(() => readConfig("/nowhere/platform.json")).toThrow(
    /\/nowhere\/platform\.json cannot be read: ENOENT/,
  );
});

test("flavors of the configuration add to the built-in ones or replace them; what they do not limit is null", async () => {
  const file = written(
    `{ "flavors": { "tiny": { "memoryMib": 128, "cpus": 0.5 }, "large": { "description": "all" } } }`,
  );
  const running = await startTestPlatform(readConfig(file));
  expect((await running.platform.flavors.list()).items).toEqual([
    { name: "large", description: "all", memoryMib: null, cpus: null },
    { name: "medium", description: "2 CPUs, 2 GB", memoryMib: 2048, cpus: 2 },
    { name: "small", description: "1 CPU, 512 MB", memoryMib: 512, cpus: 1 },
    { name: "tiny", description: "", memoryMib: 128, cpus: 0.5 },
  ]);
  await running.stop();
});

test("a platform does without what the configuration says", async () => {
  const file = written(`{ "without": ["expiry", "statistics"] }`);
  const running = await startTestPlatform(readConfig(file));
  const { capabilities, version, externalPorts } = await running.platform.info();
  expect(capabilities).toMatchObject({ expiry: false, statistics: false, quotas: true, portRanges: true });
  expect({ version, externalPorts }).toEqual({ version: "0.0.0", externalPorts: { from: 20000, to: 32767 } });
  await running.stop();
});
