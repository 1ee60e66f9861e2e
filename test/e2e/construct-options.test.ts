import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { freshApp } from "../support/app";
import { cleanUp } from "../support/clean-up";
import { builtProvider } from "../support/compiled-package";
import { startPlatformProcess } from "../support/platform-process";
import { hostAndPort, httpBody } from "../support/traffic";

// What is written in constructs, and what of it arrives on a platform.

jest.setTimeout(120_000);
afterEach(cleanUp);

/** Answers with its user data at one port, with "next" at the next one. */
const reader = `
const { createServer } = require("node:http");
const text = require("node:fs").readFileSync(process.env.FAIRLEAD_USER_DATA_FILE, "utf8");
const listen = (answer, port) => createServer((_, response) => response.end(answer)).listen(port, process.env.FAIRLEAD_PRIVATE_IP);
listen("next", 8081);
listen(text, 8080);
`;
const command = [process.execPath, "-e", reader];
const config = { images: { reader: { description: "tells its user data", command, ready: { tcp: 8080 } } } };

const planted = "planted-secret-0123456789";

const program = (options: string) => `
  const project = new fairlead.Project(stack, "Project", { name: "ai-lab", instanceQuota: 2, portForwardQuota: 2 });
  const secret = new fairlead.EphemeralVariable(stack, "secret").stringValue;
  const machine = { image: "reader", flavor: "small" };
  const forward = (name, options, forwardOptions) => {
    const page = project.addInstance(name, { ...machine, ...options }).forward(fairlead.Port.tcpRange(8080, 8081), forwardOptions);
    new cdktf.TerraformOutput(stack, name, { value: page.socketAddress });
  };
  forward("Told", { userData: "\${HOME} %{x} \\"q\\"\\n" }, { externalPort: 31000, expiresAt: new Date(Date.UTC(2099, 0, 1)) });
  ${options}
`;
const trusted = `forward("Trusted", { userData: "key=" + secret, userDataVersion: "1", deletionProtection: true }, {});`;

test("user data arrive as written, secrets stay with the instance, and what is protected stays", async () => {
  const app = freshApp(builtProvider);
  const platform = await startPlatformProcess({ config });
  const environment = { TF_VAR_secret: planted, ...platform.settings };
  const terraform = (command: string, ...args: string[]) => app.succeed(environment, command, ...args);

  expect(app.run(program(trusted), platform.settings)).toMatchObject({ status: 0 });
  terraform("init", "-input=false");
  terraform("plan", "-input=false", "-out=saved.plan");
  terraform("apply", "-input=false", "saved.plan");
  const addressOf = (name: string) => terraform("output", "-raw", name);
  expect(await httpBody(addressOf("Told"))).toBe(`\${HOME} %{x} "q"\n`);
  expect(await httpBody(addressOf("Trusted"))).toBe(`key=${planted}`);
  const { host, port } = hostAndPort(addressOf("Told"));
  expect([port, await httpBody(`${host}:${port + 1}`)]).toEqual([31000, "next"]);
  expect(filesWith(planted, app.stack)).toEqual([]);
  expect(terraform("plan", "-input=false", "-detailed-exitcode")).toContain("No changes.");

  expect(app.run(program(""), platform.settings)).toMatchObject({ status: 0 });
  const trustedAddress = addressOf("Trusted");
  expect(app.terraform(environment, "apply", "-input=false", "-auto-approve")).toMatchObject({
    status: 1,
    output: expect.stringContaining("Protected against deletion"),
  });
  expect(await httpBody(trustedAddress)).toBe(`key=${planted}`);

  expect(app.run(program(trusted.replace("true", "false")), platform.settings)).toMatchObject({ status: 0 });
  terraform("apply", "-input=false", "-auto-approve");
  terraform("destroy", "-input=false", "-auto-approve");
});

/** Files of a stack that hold a text; the provider's copies aside. */
function filesWith(text: string, folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => !/(^|\/)(\.terraform|terraform\.d)(\/|$)/.test(name))
    .map((name) => join(folder, name))
    .filter((file) => statSync(file).isFile() && readFileSync(file, "latin1").includes(text));
}
