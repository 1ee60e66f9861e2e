import type { PlatformInfo } from "../../lib/contract";
import { servePlatform } from "../../lib/http/server";
import { cleanUp, onCleanUp } from "../support/clean-up";
import { startTestPlatform } from "../support/embedded";
import { startPlatformProcess } from "../support/platform-process";
import { TerraformFolder } from "../support/terraform";

// What a platform cannot enforce, has no room for, or is too old for.

jest.setTimeout(90_000);
afterEach(cleanUp);

const stack = (forward: string, project = "") => `
resource "fairlead_project" "lab" {
  name = "ai-lab"
  ${project}
}
resource "fairlead_instance" "web" {
  project_id = fairlead_project.lab.id
  name       = "web"
  image      = "echo"
  flavor     = "small"
}
resource "fairlead_port_forward" "page" {
  project_id    = fairlead_project.lab.id
  instance_id   = fairlead_instance.web.id
  protocol      = "tcp"
  internal_port = 7000
  ${forward}
}
`;

async function folder(settings: {
  FAIRLEAD_ENDPOINT: string;
  FAIRLEAD_TOKEN_FILE?: string;
  FAIRLEAD_TOKEN?: string;
}) {
  const terraform = new TerraformFolder(settings);
  await terraform.initialize();
  return terraform;
}

test("what a platform cannot enforce is refused at plan, at its argument, with what to do instead", async () => {
  const platform = await startPlatformProcess({ config: { without: ["expiry", "portRanges", "sources"] } });
  const terraform = await folder(platform.settings);
  terraform.write(
    stack('expires_at = "2999-01-01T00:00:00Z"\n port_count = 5\n allowed_cidrs = ["10.0.0.0/8"]'),
  );
  const text = await terraform.fail("plan");
  for (const part of [
    "Not possible on this platform",
    'expires_at is "2999-01-01T00:00:00Z", but this platform cannot enforce it (it lacks expiry). Leave the expiry out',
    "port_count is 5, but this platform cannot enforce it (it lacks portRanges)",
    'allowed_cidrs is ["10.0.0.0/8"], but this platform cannot enforce it (it lacks sources)',
    "Code: unsupported.",
  ]) {
    expect(text).toContain(part);
  }
  // What says no more than the default asks for nothing.
  await terraform.apply(stack("expires_at = null\n port_count = 1\n allowed_cidrs = []"));
  expect(await terraform.changes()).toBe("");
});

test("a quota: which one, how much is used, and how to get further", async () => {
  const platform = await startPlatformProcess();
  const terraform = await folder(platform.settings);
  terraform.write(stack("", "port_forward_quota = 0"));
  const text = await terraform.fail("apply", "-auto-approve");
  expect(text).toContain("Quota exceeded");
  expect(text).toMatch(/project ai-lab .*0/);
  expect(text).toContain("raise the project's quota");
  expect(text).toContain("Code: quota_exceeded.");
});

test("a platform that is older than the provider: which edition it keeps, and what to upgrade", async () => {
  const running = await startTestPlatform();
  const older = {
    ...running.platform,
    info: async (): Promise<PlatformInfo> => ({ ...(await running.platform.info()), contractEdition: 1 }),
  };
  const server = await servePlatform(older, { host: "127.0.0.1", port: 0, token: "t", version: "0.0.1" });
  onCleanUp(async () => {
    await server.close();
    await running.stop();
  });
  const terraform = await folder({ FAIRLEAD_ENDPOINT: server.endpoint, FAIRLEAD_TOKEN: "t" });
  terraform.write('data "fairlead_project" "lab" {\n name = "ai-lab"\n}');
  const text = await terraform.fail("plan");
  expect(text).toContain("Platform older than its client");
  expect(text).toContain("Upgrade the platform");
  expect(text).toContain("Code: platform_outdated.");
});
