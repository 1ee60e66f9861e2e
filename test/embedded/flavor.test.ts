import { startEmbeddedPlatform } from "../../lib/embedded";
import { cleanUp, freshFolder, onCleanUp } from "../support/clean-up";
import { freshAddress } from "../support/embedded";
import { textLogger } from "../support/log";

afterEach(cleanUp);

test("an instance whose flavor the configuration has lost is in error instead of unlimited, until it is back", async () => {
  const lines: string[] = [];
  const options = {
    ...{ version: "0.0.0", dataDir: freshFolder(), externalIps: [freshAddress()] },
    log: textLogger((line) => lines.push(line)),
  };
  const flavors = { tiny: { description: "", memoryMib: 256, cpus: 1 } };
  const first = await startEmbeddedPlatform({ ...options, flavors });
  const { id: projectId } = await first.platform.projects.create({ name: "ai-lab" });
  const { id } = await first.platform.instances.create({
    ...{ projectId, name: "web", image: "http-hello", flavor: "tiny" },
  });
  await first.close();

  const without = await startEmbeddedPlatform(options);
  expect((await without.platform.instances.get(id)).status).toBe("error");
  expect(lines.join("\n")).toContain(`the platform's configuration has no flavor "tiny" any more`);
  const small = await without.platform.instances.update(id, { flavor: "small" });
  expect(small).toMatchObject({ flavor: "small", status: "active" });
  await without.platform.instances.update(id, { description: "mended" });
  await without.close();

  const again = await startEmbeddedPlatform({ ...options, flavors });
  onCleanUp(again.close);
  expect(await again.platform.instances.get(id)).toMatchObject({ flavor: "small", status: "active" });
});
