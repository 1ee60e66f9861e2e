import { type PortForward, type Project, Role } from "../../lib/contract";
import { cleanUp } from "../support/clean-up";
import { projectWithInstance } from "../support/project";
import { type ServedPlatform, servedPlatform } from "../support/served";

// Every operation of the API's own document is tried by a token of one project on everything of another one. A new
// operation has no entry in `bodies` and fails here until it is thought of.

let served: ServedPlatform;
let ours: Awaited<ReturnType<typeof projectWithInstance>> & { readonly forward: PortForward };
let theirs: Awaited<ReturnType<typeof projectWithInstance>> & { readonly forward: PortForward };
/** By role, a token of our project. */
const tokens = new Map<Role, string>();

interface Operation {
  readonly method: string;
  readonly path: string;
  readonly isPublic: boolean;
  readonly query: readonly string[];
  readonly hasBody: boolean;
}

const mark = "zz-foreign";

async function furnished(name: string) {
  const made = await projectWithInstance(served.platform, name);
  const forward = await served.platform.portForwards.create({
    ...made.target,
    internalPort: 8080,
    description: `${name} description`,
    labels: { of: name },
    ownershipId: `${name} owner`,
  });
  return { ...made, forward };
}

beforeAll(async () => {
  served = await servedPlatform();
  ours = await furnished("ours");
  theirs = await furnished(mark);
  const admin = served.client().administration!;
  await admin.blocks.create(theirs.forward.id, { reason: `${mark} reason` });
  await admin.tokens.create({
    name: `${mark} token`,
    role: "admin",
    projectId: theirs.project.id,
    expiresAt: null,
  });
  for (const role of Role.options) {
    const { token } = await admin.tokens.create({
      name: role,
      role,
      projectId: ours.project.id,
      expiresAt: null,
    });
    tokens.set(role, token);
  }
});
afterAll(cleanUp);

async function operations(): Promise<Operation[]> {
  const document = (await (await served.ask("/openapi.json")).json()) as {
    paths: Record<
      string,
      Record<
        string,
        { security?: object[]; parameters?: { in: string; name: string }[]; requestBody?: object }
      >
    >;
  };
  return Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { security, parameters = [], requestBody }]) => ({
      method: method.toUpperCase(),
      path,
      isPublic: !security?.length,
      query: parameters.filter((parameter) => parameter.in === "query").map(({ name }) => name),
      hasBody: requestBody !== undefined,
    })),
  );
}

/** What is foreign, by the collection that a path is of. */
const foreignId = (path: string): string =>
  path.includes("projects")
    ? theirs.project.id
    : path.includes("instances")
      ? theirs.instance.id
      : path.includes("tokens")
        ? "tok-0"
        : theirs.forward.id;

const foreignQuery: Record<string, () => string> = {
  projectId: () => theirs.project.id,
  instanceId: () => theirs.instance.id,
  entityId: () => theirs.forward.id,
  name: () => mark,
  ownershipId: () => `${mark} owner`,
  externalPort: () => String(theirs.forward.externalPort),
  externalIp: () => theirs.forward.externalIp,
  labels: () => `of=${mark}`,
};

/** Bodies that reach for what is foreign: by operation, several each. */
const bodies: Record<string, () => object[]> = {
  "POST /v1/projects": () => [{ name: mark }],
  "PATCH /v1/projects/{id}": () => [{ name: mark }, { description: "x" }],
  "POST /v1/instances": () => [
    { projectId: theirs.project.id, name: "x", image: "http-hello", flavor: "small" },
  ],
  "PATCH /v1/instances/{id}": () => [{ description: "x" }],
  "POST /v1/port-forwards": () => [
    { ...theirs.target, internalPort: 99 },
    { ...ours.target, instanceId: theirs.instance.id, internalPort: 99 },
    { ...ours.target, internalPort: 99, externalPort: theirs.forward.externalPort },
    { ...ours.target, internalPort: 99, externalPort: theirs.forward.externalPort - 1, portCount: 3 },
  ],
  "PATCH /v1/port-forwards/{id}": () => [
    { instanceId: theirs.instance.id },
    { externalPort: theirs.forward.externalPort },
    { description: "x" },
  ],
  "POST /v1/tokens": () => [
    { name: "x", role: "viewer", projectId: theirs.project.id, expiresAt: null },
    { name: "x", role: "viewer", projectId: null, expiresAt: null },
  ],
  "PUT /v1/port-forwards/{id}/block": () => [{ reason: "x" }],
};

/** Everything that only the other project has. What the request itself has named may come back in the answer. */
const secrets = (): string[] => [
  mark,
  theirs.project.id,
  theirs.instance.id,
  theirs.forward.id,
  theirs.instance.privateIp,
  theirs.project.privateCidr,
];

const everythingForeign = async (): Promise<string> => {
  const { projects, instances, portForwards } = served.platform;
  return JSON.stringify([
    await projects.get(theirs.project.id),
    await instances.get(theirs.instance.id),
    await portForwards.get(theirs.forward.id),
  ]);
};

test.each(Role.options)(
  "%s of a project: no operation shows, changes or names anything of another one",
  async (role) => {
    const before = await everythingForeign();
    let tried = 0;
    for (const { method, path, query, hasBody, isPublic } of await operations()) {
      if (isPublic) continue;
      const key = `${method} ${path}`;
      if (hasBody && !bodies[key]) throw new Error(`this test has no foreign body for ${key}`);
      // Of what is one's own, too: a change of it may reach for what is foreign.
      const ids = path.includes("{id}") ? [foreignId(path), ownId(path)] : [""];
      const queries = [
        "",
        ...query
          .filter((name) => foreignQuery[name])
          .map((name) => `?${name}=${encodeURIComponent(foreignQuery[name]!())}`),
      ];
      for (const id of ids) {
        // Nothing of ours is to go before the rest is tried.
        if (method === "DELETE" && id === ownId(path)) continue;
        for (const search of queries) {
          for (const body of hasBody ? bodies[key]!() : [undefined]) {
            const target = path.replace("{id}", id) + search;
            const answer = await served.ask(target, {
              method,
              headers: { authorization: `Bearer ${tokens.get(role)}`, "content-type": "application/json" },
              ...(body && { body: JSON.stringify(body) }),
            });
            const text = await answer.text();
            const given = `${decodeURIComponent(target)} ${JSON.stringify(body)}`;
            const told = secrets().filter((secret) => text.includes(secret) && !given.includes(secret));
            expect({ key, target, status: answer.status, told }).toEqual({
              key,
              target,
              status: expect.any(Number),
              told: [],
            });
            if (id === foreignId(path)) expect([403, 404]).toContain(answer.status);
            tried++;
          }
        }
      }
    }
    expect(tried).toBeGreaterThan(60);
    expect(await everythingForeign()).toBe(before);
  },
);

const ownId = (path: string): string =>
  path.includes("projects")
    ? ours.project.id
    : path.includes("instances")
      ? ours.instance.id
      : path.includes("tokens")
        ? "tok-0"
        : ours.forward.id;

test("every operation but the public ones needs a token that the platform knows", async () => {
  const all = await operations();
  const made = tokens.get("admin")!;
  for (const { method, path, isPublic } of all) {
    const target = path.replace("{id}", "x");
    for (const token of ["", "Bearer x", `Bearer ${made.slice(0, -1)}`, `Bearer ${made}x`]) {
      const { status } = await served.ask(target, { method, headers: { authorization: token } });
      if (isPublic) expect([path, status]).toEqual([path, 200]);
      else expect([path, status]).toEqual([path, 401]);
    }
  }
});

test("a viewer changes nothing, an editor the project's things, an admin its tokens and its log", async () => {
  const as = (role: Role) => served.client(served.endpoint, tokens.get(role)!);
  const { id } = ours.forward;
  const change = (role: Role) => as(role).portForwards.update(id, { description: role });
  const rename = (role: Role) => as(role).projects.update(ours.project.id, { description: role });
  const log = (role: Role) => as(role).administration!.audit({ limit: 1 });
  const forbidden = { code: "forbidden", message: expect.stringContaining("takes the role") };
  await expect(change("viewer")).rejects.toMatchObject(forbidden);
  await expect(change("editor")).resolves.toMatchObject({ description: "editor" });
  await expect(rename("editor")).rejects.toMatchObject(forbidden);
  await expect(log("editor")).rejects.toMatchObject(forbidden);
  await expect(rename("admin")).resolves.toMatchObject({ description: "admin" });
  await expect(log("admin")).resolves.toMatchObject({ items: [{ action: "update", callerName: "admin" }] });
  await expect(as("admin").projects.update(ours.project.id, { instanceQuota: 1000 })).rejects.toMatchObject({
    code: "forbidden",
    message: expect.stringContaining("whole platform"),
  });
  await expect(as("admin").projects.create({ name: "more" })).rejects.toMatchObject({ code: "forbidden" });
});

test("lists, metrics and the overview hold one project alone, whatever is asked for", async () => {
  const viewer = served.client(served.endpoint, tokens.get("viewer")!);
  const ids = async (list: Promise<{ items: readonly { id: string }[] }>) =>
    (await list).items.map(({ id }) => id);
  expect(await ids(viewer.projects.list())).toEqual([ours.project.id]);
  expect(await ids(viewer.instances.list())).toEqual([ours.instance.id]);
  expect(await ids(viewer.portForwards.list())).toEqual([ours.forward.id]);
  expect(await ids(viewer.portForwards.list({ projectId: theirs.project.id }))).toEqual([]);
  const overview = await viewer.overview!();
  expect(overview.projects.map(({ name }: Pick<Project, "name">) => name)).toEqual(["ours"]);
  const metrics = await served.ask("/metrics", {
    headers: { authorization: `Bearer ${tokens.get("viewer")}` },
  });
  const text = await metrics.text();
  expect(text).toContain(ours.forward.id);
  expect(text).not.toContain(mark);
});

test("an explanation tells who made the last change, and from where, to those alone who may read the audit log", async () => {
  const explained = async (role: Role) => {
    const { administration } = served.client(served.endpoint, tokens.get(role)!);
    const { hops } = await administration!.explain(ours.forward.id);
    return hops.find(({ name }) => name === "last change")!.text;
  };
  expect(await explained("admin")).toMatch(/ by \w+ from 127\.0\.0\.1, request \S+\.$/);
  for (const role of ["viewer", "editor"] as const)
    expect(await explained(role)).toMatch(/Z: (create|update of \w+) by somebody\.$/);
});

test("how many ports another project's forward has is not told", async () => {
  const range = { ...theirs.target, internalPort: 9_000, externalPort: 24_000, portCount: 10 };
  const { id } = await served.platform.portForwards.create(range);
  const editor = served.client(served.endpoint, tokens.get("editor")!);
  const wanted = { ...ours.target, internalPort: 9_000, externalPort: 24_003 };
  await expect(editor.portForwards.create(wanted)).rejects.toMatchObject({
    code: "external_port_taken",
    message: expect.stringMatching(/^tcp port 24003 of \S+ is held by a port forward of another project\. /),
  });
  await served.platform.portForwards.delete(id);
});

test("a token of the whole platform sees everything; as viewer it changes nothing", async () => {
  const { tokens: all } = served.client().administration!;
  const { token } = await all.create({ name: "monitoring", role: "viewer", expiresAt: null });
  const viewer = served.client(served.endpoint, token);
  expect((await viewer.projects.list()).items).toHaveLength(2);
  await expect(viewer.projects.create({ name: "x" })).rejects.toMatchObject({ code: "forbidden" });
  await expect(viewer.administration!.tokens.list()).rejects.toMatchObject({ code: "forbidden" });
});
