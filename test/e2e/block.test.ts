import { cleanUp } from "../support/clean-up";
import { type PlatformProcess, startPlatformProcess } from "../support/platform-process";
import { asOneLine, TerraformFolder } from "../support/terraform";
import { httpBody } from "../support/traffic";

// What the platform's administrator has closed, no apply opens again: as it is, replaced, or under another name.

jest.setTimeout(120_000);
afterAll(cleanUp);

const stack = (name: string, more = "") => `
resource "fairlead_project" "lab" {
  name = "ai-lab"
}
resource "fairlead_instance" "web" {
  project_id = fairlead_project.lab.id
  name       = "web"
  image      = "http-hello"
  flavor     = "small"
}
resource "fairlead_port_forward" "${name}" {
  project_id    = fairlead_project.lab.id
  instance_id   = fairlead_instance.web.id
  protocol      = "tcp"
  internal_port = 8080
  ${more}
}
`;

test("a blocked forward: the plan warns with the reason, and no apply opens it until it is unblocked", async () => {
  const platform: PlatformProcess = await startPlatformProcess();
  const terraform = new TerraformFolder(platform.settings);
  await terraform.initialize();
  await terraform.apply(stack("page"));
  const { attributes } = terraform.resource("fairlead_port_forward.page")!;
  const address = String(attributes.socket_address);
  expect(attributes).toMatchObject({ status: "active", status_reason: null });
  const { blocks } = platform.api.administration!;
  await blocks.create(String(attributes.id), { reason: "It sends spam" });

  const warning = asOneLine(await terraform.succeed("plan"));
  expect(warning).toMatch(
    /The forward is blocked .*Blocked by the platform's administrator since \S+Z: It sends spam\. It carries nothing, whatever is applied/,
  );
  expect(warning).toContain("No changes.");
  for (const more of ["enabled = true", 'description = "harmless"']) {
    await terraform.apply(stack("page", more));
    expect(terraform.resource("fairlead_port_forward.page")!.attributes).toMatchObject({ status: "blocked" });
    await expect(httpBody(address)).rejects.toThrow();
  }
  // Another name is another forward; the first one is destroyed before or after it.
  terraform.write(stack("other"));
  const refused = asOneLine(await terraform.fail("apply", "-auto-approve"));
  expect(refused).toMatch(
    /The administrator has blocked tcp port 8080 of instance web since \S+Z: It sends spam/,
  );
  await expect(httpBody(address)).rejects.toThrow();

  const [block] = (await blocks.list()).items;
  await blocks.delete(block!.forwardId);
  await terraform.apply(stack("other"));
  const other = terraform.resource("fairlead_port_forward.other")!.attributes;
  expect(await httpBody(String(other.socket_address))).toContain("hello");
  expect(asOneLine(await terraform.succeed("plan"))).not.toContain("blocked");
});
