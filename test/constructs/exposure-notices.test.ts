import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type AppFolder, type AppRun, freshApp } from "../support/app";
import { cleanUp } from "../support/clean-up";

let app: AppFolder;

beforeAll(() => {
  app = freshApp();
});
afterAll(cleanUp);

/** Runs an app with an instance `web`. */
const run = (body: string): AppRun =>
  app.run(`
    const { ExposurePolicy, Port, Project } = fairlead;
    const project = new Project(stack, "Project", { name: "ai-lab" });
    const web = project.addInstance("Web", { image: "echo", flavor: "small" });
    ${body}
  `);

const exposures = (): Record<string, unknown> => {
  const { resource } = JSON.parse(readFileSync(join(app.stack, "cdk.tf.json"), "utf8"));
  const all = [
    ...Object.values<{ "//": { constructPath: string; exposure?: unknown } }>(resource.fairlead_port_forward),
  ];
  const instances = Object.values<(typeof all)[number]>(resource.fairlead_instance);
  return Object.fromEntries(
    [...all, ...instances].flatMap(({ "//": { constructPath, exposure } }) =>
      exposure ? [[constructPath, exposure]] : [],
    ),
  );
};

test("an app that opens ssh to everyone is not synthesized", () => {
  const { status, stderr } = run("web.forward(Port.tcp(22), { externalPort: 30022 });");
  expect(status).not.toBe(0);
  expect(stderr).toContain("[dev/Project/Web/Tcp22] Port 22/tcp is ssh, and everyone may connect to it.");
});

test("warnings are told at their constructs, and the synthesized stack has them for reports", () => {
  const { status, stderr } = run('web.forward(Port.tcp(80), { description: "page" });');
  expect([status, stderr]).toEqual([
    0,
    expect.stringContaining(
      "[dev/Project/Web/Tcp80] Port 80/tcp is http, which nothing encrypts on its way. (plain-http)\n    Fix: ",
    ),
  ]);
  expect(exposures()).toEqual({
    "dev/Project/Web/Tcp80": {
      findings: [
        {
          rule: "plain-http",
          level: "warn",
          problem: "Port 80/tcp is http, which nothing encrypts on its way.",
        },
      ],
    },
  });
});

test("many warnings of a rule are one", () => {
  const { stderr } = run("for (let port = 7000; port < 7009; port++) web.forward(Port.tcp(port));");
  expect(stderr.match(/no-description/g)).toHaveLength(1);
  expect(stderr).toContain(
    "[dev] 9 forwards: no-description, such as dev/Project/Web/Tcp7000, dev/Project/Web/Tcp7001, dev/Project/Web/Tcp7002 and 6 more.",
  );
});

test("suppressions with their reasons, and what was not checked, are told and kept", () => {
  const { status, stderr } = run(`
    const sources = new cdktf.TerraformVariable(stack, "sources", { type: "list(string)" }).listValue;
    const expiresAt = "2030-01-01T00:00:00Z";
    web.forward(Port.tcp(22), { description: "shell", allowedCidrs: sources, expiresAt });
    const db = web.forward(Port.tcp(5432), { description: "honeypot" });
    ExposurePolicy.suppress(db, "database-open-to-everyone", "A honeypot.");
  `);
  expect(status).toBe(0);
  expect(stderr).toContain(
    "[dev] Exposure not checked, since only Terraform knows allowedCidrs: dev/Project/Web/Tcp22 (ssh-open-to-everyone).",
  );
  expect(exposures()).toEqual({
    "dev/Project/Web/Tcp22": { unchecked: [{ rule: "ssh-open-to-everyone", prop: "allowedCidrs" }] },
    "dev/Project/Web/Tcp5432": {
      suppressed: [
        {
          rule: "database-open-to-everyone",
          problem: "Port 5432/tcp is postgresql, and everyone may connect to it.",
          reason: "A honeypot.",
        },
      ],
    },
  });
});
