import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { readConfig } from "../../lib/embedded";
import { temporaryFolder } from "../support/embedded";

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
