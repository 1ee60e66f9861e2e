import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { openStackPlatform } from "../../lib/openstack";
import { randomFrom, soakKills } from "../soak/kills";
import { cleanUp } from "../support/clean-up";
import { asAdministrator, contentOf, describeLab, labAccount } from "../support/openstack-lab";
import { TerraformFolder } from "../support/terraform";

describeLab("kill -9", () => {
  afterAll(cleanUp);

  test("at random moments of apply and destroy: nothing is lost, and the next apply goes on", async () => {
    const { environment, domainId } = await labAccount();
    const terraform = new TerraformFolder();
    const clouds = join(terraform.folder, "clouds.yaml");
    writeFileSync(clouds, cloudsFile(environment));
    Object.assign(terraform.environment, {
      FAIRLEAD_ENDPOINT: "openstack:lab",
      OS_CLIENT_CONFIG_FILE: clouds,
    });
    await terraform.initialize();
    const seed = Date.now() % 2 ** 31;
    const lines: string[] = [];
    const api = openStackPlatform({ version: "0.0.0" }, environment);
    const report = await soakKills({ api }, terraform, {
      ...{ kills: 3, random: randomFrom(seed), image: "cirros", applyMs: 15_000 },
      say: (line) => lines.push(line),
    }).catch((error: Error) => {
      throw new Error(`seed ${seed}\n${lines.join("\n")}\n${error.message}`);
    });
    process.stdout.write(`kills on OpenStack (seed ${seed}): ${JSON.stringify(report)}\n`);
    expect(report.converged + report.stopped).toBe(3);
    await terraform.succeed("destroy", "-auto-approve");
    const admin = await asAdministrator();
    const query = { domain_id: domainId };
    const projects = await admin.list<{ id: string; name: string }>(
      ...(["identity", "/projects", "projects", query] as const),
    );
    expect(projects.map(({ name }) => name)).toEqual(["home"]);
    const { servers, ports, floatingips } = await contentOf(admin, projects[0]!.id);
    expect({ servers, ports, floatingips }).toEqual({ servers: [], ports: [], floatingips: [] });
  });
});

const cloudsFile = (environment: Readonly<Record<string, string>>): string =>
  JSON.stringify({
    clouds: {
      lab: {
        auth: {
          auth_url: environment.OS_AUTH_URL,
          username: environment.OS_USERNAME,
          password: environment.OS_PASSWORD,
          user_domain_id: environment.OS_USER_DOMAIN_ID,
          project_id: environment.OS_PROJECT_ID,
        },
      },
    },
  });
