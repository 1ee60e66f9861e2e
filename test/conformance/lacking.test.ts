import { Capabilities, type CapabilityName } from "../../lib/contract";
import { startEmbeddedPlatform } from "../../lib/embedded";
import { conformance } from "../../lib/platform";
import { freshAddress, startTestPlatform, temporaryFolder } from "../support/embedded";
import { embedded } from "./embedded-subject";

// Shows that the suite asks nothing of a platform that it may lack, and that what it lacks is refused.

const management: readonly CapabilityName[] = ["projectManagement", "instanceManagement"];
const all = Object.keys(Capabilities.shape) as CapabilityName[];
const some = all.filter((name) => !management.includes(name));

conformance({
  ...embedded,
  name: "embedded, without all that projects, instances and forwards may lack",
  start: () => startTestPlatform({ without: some }),
  without: some,
});

conformance({
  ...embedded,
  name: "embedded, with forwards alone: projects and instances are only shown",
  start: () => startAfterwards(management),
  without: [...embedded.without!, ...management],
  existing: ["ai-lab", "other"],
});

conformance({
  ...embedded,
  name: "embedded, with forwards alone and without all that they may lack, in a single project",
  start: () => startAfterwards(all),
  without: all,
  existing: ["ai-lab"],
});

/** A platform that could make projects and instances, and now only shows those that are there. */
async function startAfterwards(without: readonly CapabilityName[]) {
  const folder = temporaryFolder();
  const options = {
    ...{ version: "0.0.0", dataDir: folder.path, externalIps: [freshAddress(), freshAddress()] },
  };
  const before = await startEmbeddedPlatform(options);
  const { projects, instances } = before.platform;
  for (const name of ["ai-lab", "other"]) {
    const { id: projectId } = await projects.create({ name });
    for (const [instance, image] of Object.entries({ web: "http-hello", next: "http-hello", echo: "echo" }))
      await instances.create({ projectId, name: `${name} ${instance}`, image, flavor: "small" });
  }
  await before.close();
  const running = await startEmbeddedPlatform({ ...options, without: [...without] });
  return {
    ...running,
    stop: async () => {
      await running.close();
      folder.remove();
    },
  };
}
