import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { resolveSettings, type SettingArguments } from "../lib/connect";
import { temporaryFolder } from "./support/embedded";

const folder = temporaryFolder();
afterAll(() => folder.remove());

const endpoint = "http://127.0.0.1:7878";

test("arguments win over the environment, and each setting knows where it came from", () => {
  const environment = { FAIRLEAD_ENDPOINT: "http://other:1", FAIRLEAD_TOKEN: "from-variable" };
  expect(resolveSettings({ endpoint: `${endpoint}/` }, environment)).toEqual({
    endpoint,
    endpointSource: "argument",
    token: "from-variable",
    tokenSource: "FAIRLEAD_TOKEN",
  });
});

test("a token file is read without its line end", () => {
  const file = join(folder.path, "token");
  writeFileSync(file, "secret\n");
  const settings = resolveSettings({}, { FAIRLEAD_ENDPOINT: endpoint, FAIRLEAD_TOKEN_FILE: file });
  expect(settings).toMatchObject({ token: "secret", tokenSource: "FAIRLEAD_TOKEN_FILE" });
});

const empty = join(folder.path, "empty");
writeFileSync(empty, "\n");
const cases: [string, SettingArguments, NodeJS.ProcessEnv, RegExp][] = [
  ["no endpoint", {}, {}, /No platform is named. Set FAIRLEAD_ENDPOINT/],
  [
    "an endpoint without a scheme",
    {},
    { FAIRLEAD_ENDPOINT: "localhost:7878" },
    /from FAIRLEAD_ENDPOINT.*"localhost:7878"/,
  ],
  [
    "a password in the endpoint",
    { endpoint: "http://u:hunter2@h" },
    {},
    /the provider's argument.*a URL with credentials in it/,
  ],
  ["no token", { endpoint }, {}, /No token is given. Set FAIRLEAD_TOKEN, or FAIRLEAD_TOKEN_FILE/],
  [
    "a token file that is not there",
    { endpoint },
    { FAIRLEAD_TOKEN_FILE: "/nowhere" },
    /\/nowhere, which cannot be read \(ENOENT\)/,
  ],
  ["an empty token file", { endpoint }, { FAIRLEAD_TOKEN_FILE: empty }, /which is empty/],
];
test.each(cases)("%s is refused with what to set", (_, given, environment, message) => {
  expect(() => resolveSettings(given, environment)).toThrow(message);
  expect(() => resolveSettings(given, environment)).not.toThrow(/hunter2/);
});
