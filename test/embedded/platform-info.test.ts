import { platformInfo } from "../../lib/embedded/platform-info";
import { defaultSettings } from "../../lib/embedded/settings";

const settings = { ...defaultSettings, dataDir: "/nowhere" };

test.each([
  [{ memory: true, cpus: true }],
  [{ memory: true, cpus: false }],
  [{ memory: false, cpus: false }],
])("the platform limits what the engine can limit on this host: %j", async (limits) => {
  const { capabilities } = await platformInfo(settings, { limits: async () => limits }, { version: "1.2.3" });
  const { memoryLimits, cpuLimits, clientAddress, projectIsolation, ...others } = capabilities;
  expect({ memory: memoryLimits, cpus: cpuLimits }).toEqual(limits);
  expect([clientAddress, projectIsolation]).toEqual([false, false]);
  expect(Object.values(others)).toEqual(Object.values(others).map(() => true));
});

test("what the configuration does without is lacking, whatever the engine can", async () => {
  const engine = { limits: async () => ({ memory: true, cpus: true }) };
  const { capabilities, version } = await platformInfo(settings, engine, {
    version: "1.2.3",
    without: ["memoryLimits", "sshKeys"],
  });
  expect(version).toBe("1.2.3");
  expect(capabilities).toMatchObject({
    memoryLimits: false,
    sshKeys: false,
    cpuLimits: true,
    userData: true,
  });
});
