import type { PlatformInfo } from "../../lib/contract";
import { startEmbeddedPlatform } from "../../lib/embedded";
import { servePlatform } from "../../lib/http/server";
import { cleanUp, freshFolder, onCleanUp } from "../support/clean-up";
import { freshAddress, startTestPlatform } from "../support/embedded";
import { startPlatformProcess } from "../support/platform-process";
import { projectWithInstance } from "../support/project";
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

test("what a platform only shows is found at plan: nothing of it is made, changed or deleted, forwards are", async () => {
  const dataDir = freshFolder();
  const externalIps = [freshAddress()];
  const maker = await startEmbeddedPlatform({ version: "0.0.0", dataDir, externalIps });
  const { project, instance } = await projectWithInstance(maker.platform);
  await maker.close();
  const shown = await startEmbeddedPlatform({
    ...{ version: "0.0.0", dataDir, externalIps, without: ["projectManagement", "instanceManagement"] },
  });
  onCleanUp(shown.close);
  const server = await servePlatform(shown.platform, {
    ...{ host: "127.0.0.1", port: 0, token: "t", version: "0.0.0" },
  });
  onCleanUp(server.close);
  const terraform = await folder({ FAIRLEAD_ENDPOINT: server.endpoint, FAIRLEAD_TOKEN: "t" });

  terraform.write(stack(""));
  const making = await terraform.fail("plan");
  for (const part of [
    "Not possible on this platform",
    "with fairlead_project.lab",
    "This fairlead_project is to be made, but this platform only shows projects (it lacks projectManagement). Use a project that is there",
    "Code: unsupported.",
  ]) {
    expect(making).toContain(part);
  }
  terraform.write(`
    data "fairlead_project" "lab" {
      name = "${project.name}"
    }
    resource "fairlead_instance" "web" {
      project_id = data.fairlead_project.lab.id
      name       = "next"
      image      = "echo"
      flavor     = "small"
    }
  `);
  expect(await terraform.fail("plan")).toMatch(
    /with fairlead_instance\.web.* only shows instances \(it lacks instanceManagement\)\. Use an instance that is there/,
  );

  const imports = `
    import {
      to = fairlead_project.lab
      id = "${project.name}"
    }
    import {
      to = fairlead_instance.web
      id = "${project.name}/${instance.name}"
    }
  `;
  const there = stack("").replace('"echo"', '"http-hello"');
  await terraform.apply(there + imports);
  expect((await shown.platform.portForwards.list()).items).toMatchObject([{ instanceId: instance.id }]);
  expect(await terraform.changes()).toBe("");

  terraform.write(there.replace('"small"', '"large"'));
  expect(await terraform.fail("plan")).toContain("This fairlead_instance is to be changed");
  terraform.write(there.replace('"http-hello"', '"echo"'));
  const replacing = await terraform.fail("plan");
  expect(replacing.match(/Not possible on this platform/g)).toHaveLength(1);
  terraform.write("");
  const deleting = await terraform.fail("plan");
  expect(deleting).toContain("This fairlead_project is to be deleted");
  expect(deleting).toContain("To let go of it, untouched, write a `removed` block");
  expect(await shown.platform.projects.get(project.id)).toEqual(project);

  const removed = ["fairlead_project.lab", "fairlead_instance.web"].map(
    (from) => `
    removed {
      from = ${from}
      lifecycle {
        destroy = false
      }
    }`,
  );
  await terraform.apply(removed.join(""));
  expect((await shown.platform.portForwards.list()).items).toEqual([]);
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
