import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { readConfig } from "../../lib/embedded";
import { startTestPlatform, temporaryFolder } from "../support/embedded";

const folder = temporaryFolder();
afterAll(() => folder.remove());

const written = (text: string): string => {
  const file = join(folder.path, "platform.json");
  writeFileSync(file, text);
  return file;
};

test("programs of images are found from the file's folder", () => {
  const file = written(`{ "images": { "mine": { "command": ["node", "./mine.mjs", "--flag"] } } }`);
  expect(readConfig(file).images?.mine).toEqual({
    description: "",
    command: ["node", join(folder.path, "mine.mjs"), "--flag"],
  });
});

test.each([
  ["{", /is not JSON: /],
  [`{ "image": {} }`, /image is not a field that can be set here/],
  [`{ "images": { "x": { "command": [] } } }`, /images\.x\.command is \[\], but a command has a program/],
  [`{ "ports": { "from": 9, "to": 3 } }`, /"from" is not above "to"/],
  [`{ "ports": { "from": 0, "to": 3 } }`, /ports\.from is 0, but a port is a whole number from 1 to 65535/],
  [`{ "externalIps": ["example"] }`, /externalIps\.0 is "example", but an external address is an IP address/],
  [
    `{ "flavors": { "x": { "memoryMib": 0.5 } } }`,
    /flavors\.x\.memoryMib is 0\.5, but memory is a whole number/,
  ],
  [`{ "flavors": { "x": { "cpus": 0 } } }`, /flavors\.x\.cpus is 0, but CPUs are more than 0/],
  [
    `{ "without": ["expirey"] }`,
    /without\.0 is "expirey", but a capability is one of projectManagement, instanceManagement, portRanges/,
  ],
  [`{ "privateCidr": "10.0.0.0/8" }`, /a network within 127\.0\.0\.0\/8/],
])("%s is refused with file, field and what is allowed", (text, message) => {
  const file = written(text);
  expect(() => readConfig(file)).toThrow(message);
  expect(() => readConfig(file)).toThrow(file);
});

test("a file that is not there is said to be so", () => {
  expect(() => readConfig("/nowhere/platform.json")).toThrow(
    /\/nowhere\/platform\.json cannot be read: ENOENT/,
  );
});

test("flavors of the configuration add to the built-in ones or replace them; what they do not limit is null", async () => {
  const file = written(
    `{ "flavors": { "tiny": { "memoryMib": 128, "cpus": 0.5 }, "large": { "description": "all" } } }`,
  );
  const running = await startTestPlatform(readConfig(file));
  expect((await running.platform.flavors.list()).items).toEqual([
    { name: "large", description: "all", memoryMib: null, cpus: null },
    { name: "medium", description: "2 CPUs, 2 GB", memoryMib: 2048, cpus: 2 },
    { name: "small", description: "1 CPU, 512 MB", memoryMib: 512, cpus: 1 },
    { name: "tiny", description: "", memoryMib: 128, cpus: 0.5 },
  ]);
  await running.stop();
});

test("a platform does without what the configuration says", async () => {
  const file = written(`{ "without": ["expiry", "statistics"] }`);
  const running = await startTestPlatform(readConfig(file));
  const { capabilities, version, externalPorts } = await running.platform.info();
  expect(capabilities).toMatchObject({ expiry: false, statistics: false, quotas: true, portRanges: true });
  expect({ version, externalPorts }).toEqual({ version: "0.0.0", externalPorts: { from: 20000, to: 32767 } });
  await running.stop();
});
