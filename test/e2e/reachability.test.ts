import { AppFolder } from "../support/app";
import { cleanUp } from "../support/clean-up";
import { type Finished, freshEnvironment, run } from "../support/command";
import { builtProvider, type CompiledPackage, compilePackage } from "../support/compiled-package";
import { type PlatformProcess, startPlatformProcess } from "../support/platform-process";
import { asOneLine } from "../support/terraform";
import { installNullProvider } from "../tfplugin/null-provider";

// "Created" is not "reachable": after the apply, a connection goes through the forward.

jest.setTimeout(180_000);

let fairlead: CompiledPackage;
let app: AppFolder;
let platform: PlatformProcess;
beforeAll(() => {
  fairlead = compilePackage(builtProvider);
});
afterAll(() => fairlead.remove());
beforeEach(async () => {
  platform = await startPlatformProcess();
  app = new AppFolder(fairlead);
});
afterEach(async () => {
  await cleanUp();
  app.remove();
});

const synthesize = (body: string) =>
  app.run(
    `
    const { Port } = fairlead;
    const project = new fairlead.Project(stack, "Lab", { name: "ai-lab" });
    const web = project.addInstance("Web", { image: "http-hello", flavor: "small" });
    const echo = project.addInstance("Echo", { image: "echo", flavor: "small" });
    const forward = (machine, port, options) => machine.forward(port, { description: "test", ...options });
    ${body}`,
    platform.settings,
  );

const terraform = (...args: string[]): Promise<Finished> =>
  run(["terraform", ...args, "-no-color"], {
    cwd: app.stack,
    env: freshEnvironment(app.folder, platform.settings),
  });

test("by a null resource: a good apply passes, and what leads elsewhere is checked again", async () => {
  const program = (port: number) => `
    forward(web, Port.tcp(${port}), { id: "Page" }).verifyReachable({ expect: "http:200/?a=$(x)&b='\\"" });
    forward(echo, Port.udp(7007)).verifyReachable({ expect: "udp-echo", from: ["env", "A=; exit 9"] });`;
  expect(synthesize(program(8080))).toMatchObject({ status: 0 });
  await installNullProvider(app.stack);
  expect(await terraform("init")).toMatchObject({ code: 0 });
  const { code, output } = await terraform("apply", "-auto-approve");
  expect({ code, output }).toMatchObject({
    code: 0,
    output: expect.stringContaining("is reachable: HTTP 200"),
  });
  expect(output).toContain("is reachable: UDP echo");
  expect((await terraform("plan", "-detailed-exitcode")).code).toBe(0);

  expect(synthesize(program(81))).toMatchObject({ status: 0 });
  const again = await terraform("apply", "-auto-approve");
  expect(again.code).toBe(1);
  expect(asOneLine(again.output)).toContain("is not reachable: the instance refuses");
});

test("by what Terraform has itself: each hop that can fail is named, and the next apply checks again", async () => {
  const check = (options = "") =>
    `.verifyReachable({ resource: "terraform_data", timeout: "1s", ${options} })`;
  const broken = `
    forward(web, Port.tcp(81))${check()};
    forward(web, Port.tcp(2222), { expiresAt: "2020-01-01T00:00:00Z" })${check('expect: "ssh"')};
    forward(web, Port.tcp(8080), { allowedCidrs: ["198.51.100.0/24", "203.0.113.0/24"] })${check()};
    forward(echo, Port.tcp(7007))${check('expect: "ssh"')};
  `;
  expect(synthesize(broken)).toMatchObject({ status: 0 });
  expect(await terraform("init")).toMatchObject({ code: 0 });
  const { code, output } = await terraform("apply", "-auto-approve");
  expect(code).toBe(1);
  const said = asOneLine(output);
  expect(said).toContain("the instance refuses (the connection was let in and then cut");
  expect(said).toContain("the gateway refuses (ECONNREFUSED");
  expect(said).toContain("the source is not allowed (this machine connects from 127.");
  expect(said).toContain("time-out (the connection was let in, but nothing answers");

  const mended = `forward(web, Port.tcp(8080))${check('expect: "http"')};`;
  expect(synthesize(mended)).toMatchObject({ status: 0 });
  expect(await terraform("apply", "-auto-approve")).toMatchObject({
    code: 0,
    output: expect.stringContaining("is reachable: HTTP 200"),
  });
});
