import { inspect } from "node:util";
import { type LogFormat, logWriter } from "../../lib/cli/platform/log-writer";
import { Redaction } from "../../lib/cli/platform/redaction";
import type { LogLevel } from "../../lib/log";
import { cleanUp } from "../support/clean-up";
import { startPlatformProcess } from "../support/platform-process";
import { projectWithInstance } from "../support/project";

jest.setTimeout(120_000);
afterEach(cleanUp);

function writer(format: LogFormat, level: LogLevel = "debug") {
  const lines: string[] = [];
  const redaction = new Redaction();
  const log = logWriter({ format, level, redaction, write: (text) => lines.push(text) });
  return { lines, redaction, log };
}

test("a line of JSON is one object, with time, level, message and fields; what is not known is left out", () => {
  const { lines, log } = writer("json");
  log.info("request", { method: "POST", status: 201, caller: undefined, project: null });
  log.error("two\nlines");
  expect(lines.map((line) => [line.endsWith("}\n"), line.match(/\n/g)!.length])).toEqual([
    [true, 1],
    [true, 1],
  ]);
  expect(lines.map((line) => JSON.parse(line))).toEqual([
    {
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      level: "info",
      message: "request",
      ...{ method: "POST", status: 201, project: null },
    },
    { time: expect.any(String), level: "error", message: "two\nlines" },
  ]);
});

test("text is for people: fields as name=value, and no message can look like an entry of its own", () => {
  const { lines, log } = writer("text");
  log.warn("odd\n2026-01-01T00:00:00.000Z error forged\u001b[31m\u2028", {
    path: "/v1/x",
    why: 'say "hi"\n',
  });
  const [first, second, ...rest] = lines.join("").split("\n");
  expect(first).toMatch(/^\S+Z warn {2}odd$/);
  expect(second).toBe(
    '    2026-01-01T00:00:00.000Z error forged\\u001b[31m\\u2028 path=/v1/x why="say \\"hi\\"\\n"',
  );
  expect(rest).toEqual([""]);
});

test("lines that matter less than the level are left out", () => {
  const { lines, log } = writer("json", "warn");
  for (const level of ["debug", "info", "warn", "error"] as const) log[level](level);
  expect(lines.map((line) => JSON.parse(line).message)).toEqual(["warn", "error"]);
});

test.each(["text", "json"] as const)("secrets are taken out of a line of %s, wherever they are", (format) => {
  const { lines, redaction, log } = writer(format);
  redaction.hide("the-administrators-token");
  redaction.hide("short");
  log.info("asked with the-administrators-token", { path: "/v1/the-administrators-token" });
  log.info("short words stay", {
    ...{ token: "planted-1", userData: "planted-2", Authorization: "planted-3", passphrase: "planted-4" },
  });
  log.error('headers {"authorization":"Bearer planted-5","x":1}, Bearer planted-6; basic planted-7');
  log.error(
    'body {"name":"web","userData":"planted \\"8 planted","image":"x"} token=planted-9, userData: planted-10',
  );
  log.error("at https://user:planted-11@host/x, password=planted-12 secret: planted-13");
  log.error("FAIRLEAD_TOKEN=planted-14 access_token=planted-15 db_password: planted-16");
  log.error("-----BEGIN EC PRIVATE KEY-----\nplanted\n-----END EC PRIVATE KEY-----\nand the rest");
  log.error("cut off: -----BEGIN PRIVATE KEY-----\nplanted");
  log.error(`a token in a path: /x/fairlead_tok-01m8j1f0n6h5crm6rtvwdbf2vj_planted-${"x".repeat(35)}`);
  log.error(`stack ${inspect(new Error("no token planted"))}`.replace("token planted", "token: planted"));
  const text = lines.join("");
  expect(text).not.toMatch(/planted|the-administrators-token/);
  for (const kept of ["short words stay", '"x":1', "and the rest", "web", "image", "host/x"])
    expect(text.replaceAll('\\"', '"')).toContain(kept);
});

test("a platform's log has each change and no read, as JSON where it is no terminal, and no secret that it was sent", async () => {
  const images = {
    failing: { command: ["sh", "-c", 'cat "$FAIRLEAD_USER_DATA_FILE"; env; exit 3'] },
  };
  const platform = await startPlatformProcess({ config: { images }, args: ["--log-level", "info"] });
  const { api, token, endpoint, launched } = platform;
  const userData = "planted-user-data";
  const { project, instance, target } = await projectWithInstance(api);
  const input = { projectId: project.id, name: "x", image: "http-hello", flavor: "small", userData };
  const made = await api.instances.create(input);
  await api.instances.create({ ...input, image: "failing" }).catch(() => undefined);
  const forward = await api.portForwards.create({ ...target, internalPort: 8080 });
  await api.portForwards.update(forward.id, { description: "changed" });
  await api.portForwards.list();
  await api.instances.delete(made.id);
  const send = (path: string, init: RequestInit = {}) =>
    fetch(endpoint + path, { ...init, headers: { authorization: `Bearer ${token}`, ...init.headers } });
  await send(`/v1/projects/${token}`, { method: "DELETE", headers: { "x-request-id": token } });
  await send(`/v1/instances?token=${token}`, {
    method: "POST",
    body: JSON.stringify({ ...input, name: "" }),
  });
  await send("/v1/instances", { method: "POST", body: `{"userData":"${userData}` });
  await fetch(`${endpoint}/v1/projects`, {
    method: "POST",
    headers: { authorization: "Bearer planted-token" },
  });
  expect(await platform.stop()).toBe(0);

  const { stderr } = await launched.exit;
  expect(stderr).not.toMatch(/planted/);
  expect(stderr).not.toContain(token);
  const entries = stderr
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
  for (const entry of entries)
    expect(entry).toMatchObject({ time: expect.any(String), level: expect.any(String) });
  const requests = entries.filter(({ message }) => message === "request");
  expect(requests.map(({ method, path, status }) => `${method} ${path} ${status}`)).toEqual([
    "POST /v1/projects 201",
    "POST /v1/instances 201",
    "POST /v1/instances 201",
    "POST /v1/instances 500",
    "POST /v1/port-forwards 201",
    `PATCH /v1/port-forwards/${forward.id} 200`,
    `DELETE /v1/instances/${made.id} 204`,
    "DELETE /v1/projects/[hidden] 404",
    "POST /v1/instances 422",
    "POST /v1/instances 400",
    "POST /v1/projects 401",
  ]);
  expect(requests[0]).toMatchObject({ level: "info", remote: "127.0.0.1", ms: expect.any(Number) });
  expect(requests[0].requestId).toMatch(/^[\w-]{36}$/);
  expect(instance.status).toBe("active");
});
