import { readdirSync } from "node:fs";
import { cleanUp, freshFolder, onCleanUp } from "../support/clean-up";
import { freshEnvironment, launch, root, succeeded } from "../support/command";
import { asAdministrator, contentOf, describeLab, labAccount } from "../support/openstack-lab";

describeLab("the quickstart on OpenStack", quickstart, { inEveryRun: true });

function quickstart(): void {
  afterAll(cleanUp);

  test("the same program is deployed, changed and destroyed; it says that no packet passes", async () => {
    const { environment, domainId } = await labAccount();
    const admin = await asAdministrator();
    const projects = () =>
      admin.list<{ id: string; name: string }>("identity", "/projects", "projects", { domain_id: domainId });
    const workspaces = () => readdirSync(root).filter((name) => name.startsWith(".quickstart-"));
    const before = { projects: await projects(), workspaces: workspaces() };
    const launched = launch(
      [process.execPath, "--import", "tsx", "examples/quickstart/run.ts", "--platform", "openstack"],
      { cwd: root, env: freshEnvironment(freshFolder(), environment) },
    );
    onCleanUp(async () => {
      launched.process.kill("SIGTERM");
      await launched.exit;
    });
    const { stdout, stderr } = await succeeded(launched.exit);
    expect(stderr).toBe("");
    const address = String.raw`203\.0\.113\.\d+`;
    for (const line of [
      "EXTERNAL +INSTANCE +PRIVATE +DESCRIPTION",
      String.raw`${address}:\d+/tcp +web +10\.\d+\.\d+\.\d+:8080 +web service`,
      String.raw`${address}:\d+/tcp +web +10\.\d+\.\d+\.\d+:2222 +ssh service`,
      String.raw`${address}:\d+/udp +echo +10\.\d+\.\d+\.\d+:7007 +echo service`,
      "No packet passes from here to that cloud: the forwards are declared, and were not tried.",
      "ok +cdktf diff: no change",
      "ok +internal port 8080 -> 8081 in place, same id and external port: no packet passes here",
      "ok +instance rebuilt, its forwards kept their external ports: no packet passes here",
      "ok +cdktf destroy: no project, instance or forward of the program is left",
    ]) {
      expect(stdout).toMatch(new RegExp(`^ *${line}`, "m"));
    }
    process.stdout.write(`quickstart on OpenStack: ${/^Done in (\d+) s\./m.exec(stdout)?.[1]} s\n`);
    expect({ projects: await projects(), workspaces: workspaces() }).toEqual(before);
    const { servers, ports, networks } = await contentOf(admin, before.projects[0]!.id);
    expect({ servers, ports, networks }).toEqual({ servers: [], ports: [], networks: [] });
  });
}
