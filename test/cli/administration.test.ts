import type { IssuedToken, PortForward } from "../../lib/contract";
import { cleanUp, freshFolder } from "../support/clean-up";
import { type Environment, type Finished, fairlead, freshEnvironment, succeeded } from "../support/command";
import { type PlatformProcess, startPlatformProcess } from "../support/platform-process";
import { projectWithInstance } from "../support/project";
import { httpBody } from "../support/traffic";

// What whoever runs a platform does from a terminal: tokens, the incident at night, who had which port.

jest.setTimeout(120_000);

let platform: PlatformProcess;
let page: PortForward;
let key: string;

const run = (args: readonly string[], env: Environment = {}): Promise<Finished> =>
  fairlead(args, { env: { ...freshEnvironment(freshFolder()), ...platform.settings, ...env } });
const said = async (...args: string[]): Promise<string> => (await succeeded(run(args))).stdout.trimEnd();
const refused = async (args: readonly string[], env: Environment = {}): Promise<string> => {
  const { code, stdout, stderr } = await run(args, env);
  expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
  return stderr.trimEnd();
};

beforeAll(async () => {
  platform = await startPlatformProcess();
  const { target } = await projectWithInstance(platform.api);
  page = await platform.api.portForwards.create({ ...target, internalPort: 8080, ownershipId: "web/live" });
  key = `${page.socketAddress}/tcp`;
});
afterAll(cleanUp);

test("a token: made, used, listed, revoked; only the token itself is on stdout", async () => {
  const made = await succeeded(
    run(["token", "create", "--project", "ai-lab", "--role", "viewer", "--expires", "30d"]),
  );
  const token = made.stdout.trimEnd();
  expect(token).toMatch(/^fairlead_tok-[0-9a-z]{26}_[\w-]{43}$/);
  expect(made.stderr).toMatch(/^viewer of ai-lab \(tok-\w+\)\. It works until \S+\. This is the only time/);
  const as = { FAIRLEAD_TOKEN: token };
  expect((await succeeded(run(["forwards"], as))).stdout).toContain(key);
  expect(await refused(["forward", "disable", key], as)).toContain(
    "The token viewer of ai-lab has the role viewer; to change a port forward takes the role editor.",
  );
  const [, line] = (await said("token", "list")).split("\n");
  expect(line!.split(/ {2,}/)).toEqual([
    ...["viewer of ai-lab", "ai-lab", "viewer", expect.stringMatching(/ago|now/), "in 29 d"],
    ...[expect.stringMatching(/ago|now/), expect.stringMatching(/^tok-/)],
  ]);
  expect(await said("token", "list")).not.toContain(token.slice(-43));
  const { id } = (JSON.parse(await said("token", "list", "--json")) as IssuedToken[])[0]!;
  expect(await said("token", "revoke", id)).toBe(`The token ${id} is revoked.`);
  expect(await refused(["forwards"], as)).toContain("The platform does not know the bearer token.");
  expect(await said("token", "list")).toBe("There are no tokens but the administrator's.");
});

test("what cannot be a token says what can", async () => {
  expect(await refused(["token", "create", "--role", "owner"])).toContain(
    '--role is "owner", but it has to be viewer, editor, admin.',
  );
  expect(await refused(["token", "create", "--role", "viewer", "--expires", "soon"])).toContain(
    '--expires is "soon", but it has to be a duration',
  );
  expect(await refused(["token", "create", "--role", "viewer", "--project", "nope"])).toContain(
    'There is no project "nope"; the platform has ai-lab.',
  );
  expect(await refused(["token", "revoke", "tok-0"])).toContain("There is no token tok-0.");
});

test("explain goes hop by hop, and names the one that stops", async () => {
  const open = await said("forward", "explain", key);
  for (const line of [
    /^ROW +ok +active \(revision \d+\)\.$/m,
    /^OWNER +Project ai-lab; it bears the ownership mark web\/live\.$/m,
    /^LISTENER +ok +The gateway listens at tcp port \d+ of 127\./m,
    /^SOURCES +ok +Everyone may connect\.$/m,
    /^INSTANCE +ok +web \(ins-\w+\) is active\.$/m,
    /^GUEST PORT +ok +127\.\S+:8080\/tcp answers\.$/m,
    /^LAST CHANGE +\S+Z: create by administrator from 127\.0\.0\.1, request /m,
    /^Nothing here stops a connection from an allowed source\.$/m,
  ])
    expect(open).toMatch(line);
  await platform.api.portForwards.update(page.id, { internalPort: 9 });
  expect(await said("forward", "explain", page.id)).toMatch(
    /GUEST PORT +STOP +127\.\S+:9\/tcp does not answer \(ECONNREFUSED\)[\s\S]*A connection ends at: guest port\.$/,
  );
  await expect(httpBody(page.socketAddress)).rejects.toThrow();
  expect(await said("forward", "explain", page.id)).toMatch(
    /^LAST REFUSAL +\S+Z: 127\.\S+, the instance refused it: nothing listens at the guest port\.$/m,
  );
  await platform.api.portForwards.update(page.id, { internalPort: 8080 });
  expect(await refused(["forward", "explain", "127.0.0.1:1/tcp"])).toContain(
    "No forward has 127.0.0.1:1/tcp, as far as the token may see.",
  );
});

test("what others wrote moves no cursor and looks like no line of ours", async () => {
  const text = "\u001b[2Jpage\nNothing here stops a connection";
  await platform.api.portForwards.update(page.id, { description: text });
  const [first, second] = (await said("forward", "explain", page.id)).split("\n");
  expect(first).toBe(`${key} (${page.id}, ?[2Jpage?Nothing here stops a connection)`);
  expect(second).toBe("");
  await platform.api.portForwards.update(page.id, { description: "" });
  await said("forward", "block", key, "--reason", "spam\u001b]0;title\u0007");
  expect(await said("forward", "enable", key)).toContain(": spam?]0;title?");
  const again = await refused(["forward", "delete", "x\u001b[2Jy"]);
  expect(again).not.toContain("\u001b");
  await said("forward", "unblock", key);
});

test("a forward that went to another port has the old one no more", async () => {
  const { target } = await projectWithInstance(platform.api, "prj-moving");
  const { portForwards } = platform.api;
  const moved = await portForwards.create({ ...target, internalPort: 80, externalPort: 20180 });
  await portForwards.update(moved.id, { protocol: "udp" });
  const log = await said("audit", "--port", "20180");
  expect(log).toContain(`${moved.socketAddress}/udp belongs to ${moved.id} of project prj-moving now.`);
  expect(log).toContain(`No forward has ${moved.socketAddress}/tcp now`);
  // By a name that looks like an id.
  expect(await said("audit", "--project", "prj-moving", "--limit", "1")).toContain("update");
});

test("the incident at night: disable, enable, block with a reason, unblock", async () => {
  expect(await said("forward", "disable", key)).toBe(
    `${key} (${page.id}) is disabled now. The next apply of web/live will undo this.`,
  );
  await expect(httpBody(page.socketAddress)).rejects.toThrow();
  expect(await said("forward", "enable", key)).toContain("is active now.");
  expect(await httpBody(page.socketAddress)).toContain("hello");

  expect(await said("forward", "block", key, "--reason", "it sends spam")).toContain("is blocked.");
  await expect(httpBody(page.socketAddress)).rejects.toThrow();
  expect(await said("forward", "list")).toMatch(/ blocked /);
  expect(await said("forward", "blocks")).toMatch(/administrator +it sends spam$/);
  expect(await said("forward", "enable", key)).toContain(
    "is blocked now. Blocked by the platform's administrator since",
  );
  expect(await said("forward", "unblock", key)).toBe(`Nothing blocks ${key} any more.`);
  expect(await said("forward", "blocks")).toBe("Nothing is blocked.");
  expect(await httpBody(page.socketAddress)).toContain("hello");
  expect(await refused(["forward", "block", key])).toContain("--reason");
});

test("who had a port: the audit log names it, also when the forward is gone", async () => {
  const { target } = await projectWithInstance(platform.api, "short-lived");
  const { portForwards, projects } = platform.api;
  const gone = await portForwards.create({ ...target, internalPort: 80, externalPort: 20170 });
  const then = new Date().toISOString();
  await portForwards.update(gone.id, { description: "for a demo" });
  expect(await said("forward", "delete", gone.id)).toBe(`${gone.socketAddress}/tcp (${gone.id}) is deleted.`);
  await portForwards.update(page.id, { description: "page" });
  const log = await said("audit", "--port", "20170/tcp");
  const cells = log
    .split("\n")
    .slice(1, 4)
    .map((line) => line.split(/ {2,}/).slice(1, 5));
  expect(cells).toEqual([
    ["short-lived", "delete", `port forward ${gone.socketAddress}/tcp`, "administrator"],
    ["short-lived", "update", `port forward ${gone.socketAddress}/tcp`, 'description: "" -> "for a demo"'],
    ["short-lived", "create", `port forward ${gone.socketAddress}/tcp`, "administrator"],
  ]);
  const none = `No forward has ${gone.socketAddress}/tcp now, as far as the token may see.`;
  expect(log).toContain(none);
  // Of some of the entries it cannot be told.
  for (const part of [
    ["--entity", gone.id],
    ["--project", gone.projectId],
    ["--request", "r-1"],
  ])
    expect(await said("audit", "--port", "20170", ...part)).not.toContain("20170/tcp now");
  expect(await said("audit", "--port", "20170", "--until", then)).toContain(
    `${gone.socketAddress}/tcp belongs to ${gone.id} of project short-lived at ${then}.`,
  );
  const since = await said("audit", "--project", "ai-lab", "--since", "1h", "--limit", "1");
  expect(since).toMatch(/update +port forward \S+ +description: "" -> "page"/);
  expect(since).toContain("The latest 1; --limit shows more.");
  expect(await said("audit", "--project", "short-lived", "--since", "2099-01-01")).toBe(
    "The audit log has nothing of that.",
  );
  expect((await projects.list({ name: "short-lived" })).items).toHaveLength(1);
  for (const moment of ["yesterday", "90", "2026-11-24T12:00", "Nov 24 2026", "2026-13-01"])
    expect(await refused(["audit", "--since", moment])).toContain(
      `--since is "${moment}", but it has to be a span of time before now`,
    );
  expect(await refused(["audit", "--port", "70000"])).toContain("--port is");
});
