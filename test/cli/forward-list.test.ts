import { join } from "node:path";
import type { PortForward, Project } from "../../lib/contract";
import { openDatabase } from "../../lib/embedded/database";
import { cleanUp, freshFolder } from "../support/clean-up";
import { type Finished, fairlead, freshEnvironment, succeeded } from "../support/command";
import { type PlatformProcess, startPlatformProcess } from "../support/platform-process";
import { servedPlatform } from "../support/served";
import { httpBody, tcpExchange } from "../support/traffic";

// What people read of their forwards: on a real platform, with real traffic.

const day = 86_400_000;
let platform: PlatformProcess;
let lab: Project;
/** By what they are for. */
let forwards: Record<"page" | "ssh" | "media" | "lost" | "old", PortForward>;

const run = (...args: string[]): Promise<Finished> =>
  fairlead(args, { env: { ...freshEnvironment(freshFolder()), ...platform.settings } });
const list = async (...args: string[]): Promise<string[]> =>
  (await succeeded(run("forward", "list", ...args))).stdout.trimEnd().split("\n");
const jsonList = async (...args: string[]): Promise<PortForward[]> =>
  JSON.parse((await list("--json", ...args)).join("\n"));
const refused = async (...args: string[]): Promise<string> => {
  const { code, stdout, stderr } = await run(...args);
  expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
  return stderr.trimEnd();
};
/** The cells of the line in which a text stands. */
const lineOf = (lines: string[], text: string) => lines.find((line) => line.includes(text))!.split(/ {2,}/);

beforeAll(async () => {
  platform = await startPlatformProcess();
  const { projects, instances, portForwards } = platform.api;
  lab = await projects.create({ name: "ai-lab" });
  const other = await projects.create({ name: "웹 서비스" });
  const made = (projectId: string, name: string, image: string, ownershipId: string | null = null) =>
    instances.create({ projectId, name, image, flavor: "small", ownershipId });
  const web = await made(lab.id, "web", "http-hello", "ai-lab");
  const gone = await made(lab.id, "gone", "echo");
  await made(lab.id, "idle", "echo");
  const theirs = await made(other.id, "theirs", "echo");
  const target = { projectId: lab.id, instanceId: web.id, protocol: "tcp" as const };
  forwards = {
    page: await portForwards.create({
      ...target,
      internalPort: 8080,
      description: "web service",
      ownershipId: "ai-lab",
      expiresAt: new Date(Date.now() + 5.5 * day).toISOString(),
    }),
    ssh: await portForwards.create({ ...target, internalPort: 2222, description: "ssh service" }),
    media: await portForwards.create({
      ...target,
      protocol: "udp",
      internalPort: 6000,
      externalPort: 26000,
      portCount: 11,
      enabled: false,
      ownershipId: "ai-lab",
    }),
    lost: await portForwards.create({ ...target, instanceId: gone.id, internalPort: 7007 }),
    old: await portForwards.create({
      projectId: other.id,
      instanceId: theirs.id,
      protocol: "tcp",
      internalPort: 7007,
      ownershipId: "web/live",
    }),
  };
  await instances.delete(gone.id);
  await httpBody(forwards.page.socketAddress);
  await tcpExchange(forwards.old.socketAddress, "ahoy", 4);
  await platform.stop();
  // Time goes by: `old` was used 40 days ago, `ssh` was made 90 days ago and never used, `media` 20 days ago.
  const database = openDatabase(join(platform.dataDir, "platform.db"));
  const ago = (days: number) => Date.now() - days * day - 1000;
  const madeAt = (forward: PortForward, days: number) =>
    database.run(
      "UPDATE portForwards SET createdAt = ? WHERE id = ?",
      new Date(ago(days)).toISOString(),
      forward.id,
    );
  madeAt(forwards.old, 400);
  madeAt(forwards.ssh, 90);
  madeAt(forwards.media, 20);
  database.run("UPDATE traffic SET lastUsedAt = ? WHERE forwardId = ?", ago(40), forwards.old.id);
  database.close();
  const { dataDir, externalIp } = platform;
  platform = await startPlatformProcess({ dataDir, externalIp });
});
afterAll(cleanUp);

test("each instance with its forwards: what they are called by, where they lead, how they are", async () => {
  const lines = await list();
  const ip = platform.externalIp;
  expect(lines[0]!.split(/ {2,}/)).toEqual([
    ...["PROJECT", "INSTANCE", "EXTERNAL", "INTERNAL", "DESCRIPTION", "STATUS", "LAST USED", "EXPIRES"],
  ]);
  const { page, ssh, media, lost } = forwards;
  expect(lineOf(lines, "web service")).toEqual([
    ...[
      "ai-lab",
      "web",
      `${ip}:${page.externalPort}/tcp`,
      `${page.internalIp}:8080`,
      "web service",
      "active",
    ],
    expect.stringMatching(/^\d+ (s|min) ago$|^now$/),
    "in 5 d",
  ]);
  expect(lineOf(lines, "ssh service").slice(5)).toEqual(["active", "never", "-"]);
  expect(lineOf(lines, "26000-26010/udp")).toEqual([
    ...["ai-lab", "web", `${ip}:26000-26010/udp`, `${media.internalIp}:6000-6010`, "disabled", "never", "-"],
  ]);
  expect(lineOf(lines, `:${lost.externalPort}/tcp`).slice(1)).toEqual([
    ...["(none)", `${ip}:${lost.externalPort}/tcp`, "-:7007", "detached", "never", "-"],
  ]);
  expect(lines.find((line) => line.includes("  idle  "))).toMatch(
    /^ai-lab {5}idle +- +127\.[\d.]+ +active +- +-$/,
  );
  expect(lines.find((line) => line.includes("theirs"))).toMatch(/^웹 서비스 {2}theirs /);
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(120);
  expect(ssh.status).toBe("active");
});

test("--stats shows what they carry, and --wide whose they are and their ids; each fits its line", async () => {
  const lines = await list("--stats", "--project", "웹 서비스");
  expect(lines).toHaveLength(2);
  expect(lines[0]!.split(/ {2,}/)).toEqual([
    ...["PROJECT", "INSTANCE", "EXTERNAL", "STATUS"],
    ...["OPEN", "TOTAL", "REFUSED", "IN", "OUT", "LAST USED"],
  ]);
  expect(lines[1]!.split(/ {2,}/).slice(3)).toEqual([...["active", "0", "1", "0", "4 B", "4 B", "40 d ago"]]);
  expect(Math.max(...(await list("--stats")).map((line) => line.length))).toBeLessThanOrEqual(120);
  const wide = await list("--wide");
  expect(lineOf(wide, "web service").slice(-2)).toEqual(["ai-lab", forwards.page.id]);
  expect(lineOf(wide, "ssh service").slice(-2)).toEqual(["-", forwards.ssh.id]);
});

test("--json has everything that the API has", async () => {
  const all = await jsonList();
  expect(all.map(({ id }) => id).sort()).toEqual(
    Object.values(forwards)
      .map(({ id }) => id)
      .sort(),
  );
  const old = all.find(({ id }) => id === forwards.old.id);
  expect(old).toEqual(await platform.api.portForwards.get(forwards.old.id));
  expect(old!.statistics).toMatchObject({ totalConnections: 1, bytesIn: 4, bytesOut: 4 });
});

describe("--unused", () => {
  const ids = async (...args: string[]) => (await jsonList(...args)).map(({ id }) => id);

  test("lists what was last used, or made and never used, before that; the longest unused first", async () => {
    const { ssh, old, media } = forwards;
    expect(await ids("--unused", "30d")).toEqual([ssh.id, old.id]);
    expect(await ids("--unused", "40d")).toEqual([ssh.id, old.id]);
    expect(await ids("--unused", "41d")).toEqual([ssh.id]);
    expect(await ids("--unused", "2w")).toEqual([ssh.id, old.id, media.id]);
    expect(await ids("--unused", "12h")).toEqual([ssh.id, old.id, media.id]);
    expect(await ids("--unused", "30d", "--owner", "web/live")).toEqual([old.id]);
  });

  test("says since when, whose they are, and how to remove them", async () => {
    const lines = await list("--unused", "30d");
    expect(lines[0]!.split(/ {2,}/)).toEqual([
      ...["PROJECT", "INSTANCE", "EXTERNAL", "DESCRIPTION", "LAST USED", "MADE", "OWNERSHIP"],
    ]);
    expect(lineOf(lines, "ssh service").slice(4)).toEqual(["never", "90 d ago", "-"]);
    expect(lineOf(lines, "theirs").slice(3)).toEqual(["40 d ago", "400 d ago", "web/live"]);
    expect(lines.at(-1)).toMatch(
      /^2 of 5 forwards were not used for 30d\. Take each out of the code that declares it, and apply;.* without a mark .*import/,
    );
    expect((await list("--unused", "30d", "--owner", "web/live")).at(-1)).toMatch(
      /^1 of 1 forwards .* OWNERSHIP names that code's stack\.$/,
    );
  });

  test("of nothing says so", async () => {
    expect(await list("--unused", "100d")).toEqual([
      "Every forward was used within 100d, or is younger than that.",
    ]);
    expect(await jsonList("--unused", "100d")).toEqual([]);
  });

  test.each(["30", "1.5d", "-1d", "soon"])("%s is refused with what is allowed", async (text) => {
    expect(await refused("forward", "list", `--unused=${text}`)).toBe(
      `fairlead: --unused is "${text}", but it has to be a duration: a whole number and m, h, d or w, such as 90m, 12h or 30d.`,
    );
  });
});

test("--owner and --unowned choose by mark, instances without forwards as well", async () => {
  const marked = await list("--owner", "ai-lab", "--wide");
  expect(marked.slice(1).map((line) => line.split(/ {2,}/).at(-1))).toEqual([
    forwards.page.id,
    forwards.media.id,
  ]);
  const unowned = await list("--unowned");
  expect(unowned.slice(1).map((line) => line.split(/ {2,}/)[1])).toEqual(["web", "idle", "(none)", "theirs"]);
  expect(await list("--owner", "nobody")).toEqual(['Nothing bears the ownership mark "nobody".']);
  expect(await refused("forwards", "--unowned", "--owner", "x")).toContain("cannot be used with");
});

test("a project that is not there is refused with those that are", async () => {
  expect(await refused("forwards", "--project", "lab")).toBe(
    'fairlead: There is no project "lab"; the platform has ai-lab, 웹 서비스.',
  );
  expect(await jsonList("--project", lab.id)).toHaveLength(4);
});

test("on a platform that does not count, a question about use is refused and the list has no column of it", async () => {
  const { endpoint, token, platform: uncounted } = await servedPlatform({ without: ["statistics"] });
  const env = { ...freshEnvironment(freshFolder()), FAIRLEAD_ENDPOINT: endpoint, FAIRLEAD_TOKEN: token };
  const { id: projectId } = await uncounted.projects.create({ name: "lab" });
  const { id: instanceId } = await uncounted.instances.create({
    projectId,
    name: "web",
    image: "echo",
    flavor: "small",
  });
  await uncounted.portForwards.create({ projectId, instanceId, protocol: "tcp", internalPort: 7007 });
  for (const flags of [["--unused", "30d"], ["--stats"]]) {
    const { code, stderr } = await fairlead(["forwards", ...flags], { env });
    expect(code).toBe(1);
    expect(stderr).toBe(
      `fairlead: ${flags[0]} needs to know what forwards have carried, but this platform does not count that. Look at the platform's own monitoring.\n`,
    );
  }
  const { stdout } = await succeeded(fairlead(["forwards"], { env }));
  expect(stdout.split("\n")[0]!.split(/ {2,}/)).toEqual([
    ...["PROJECT", "INSTANCE", "EXTERNAL", "INTERNAL", "DESCRIPTION", "STATUS"],
  ]);
});
