import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { connect, resolveSettings, type SettingArguments } from "../lib/connect";
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

test("a CA is read for an endpoint with TLS alone, the argument's before the environment's", () => {
  const ca = "-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----\n";
  const caFile = join(folder.path, "ca.pem");
  writeFileSync(caFile, ca);
  const environment = { FAIRLEAD_TOKEN: "t", FAIRLEAD_CA_FILE: "/nowhere" };
  expect(resolveSettings({ endpoint: "https://h", caFile }, environment)).toMatchObject({ ca });
  expect(resolveSettings({ endpoint: "http://h" }, environment)).not.toHaveProperty("ca");
});

test.each<[string, SettingArguments, NodeJS.ProcessEnv, object]>([
  [
    "a block",
    { openstack: { cloud: "lab" } },
    {},
    { endpoint: "openstack:lab", openstack: { cloud: "lab" } },
  ],
  [
    "a block that leaves the cloud to OS_CLOUD, beside another platform's endpoint",
    { openstack: { externalNetwork: "public" } },
    { OS_CLOUD: "lab", FAIRLEAD_ENDPOINT: endpoint },
    { endpoint: "openstack:lab", openstack: { cloud: "lab", externalNetwork: "public" } },
  ],
  [
    "an endpoint with a region",
    {},
    { FAIRLEAD_ENDPOINT: "openstack:lab/West" },
    {
      endpoint: "openstack:lab/West",
      endpointSource: "FAIRLEAD_ENDPOINT",
      openstack: { cloud: "lab", region: "West" },
    },
  ],
  [
    "an endpoint for the OS_* variables",
    { endpoint: "openstack:" },
    { OS_AUTH_URL: "http://h/v3" },
    { endpoint: "openstack:", openstack: { cloud: undefined } },
  ],
])("%s chooses an OpenStack cloud, which needs no token", (_, given, environment, settings) => {
  expect(resolveSettings(given, environment)).toMatchObject(settings);
});

test("external ports of a cloud are two ports, the lower one first", () => {
  for (const externalPorts of ["20000", "30000-20000", "1-65536", "a-b"]) {
    const settings = resolveSettings({ openstack: { externalPorts } }, {});
    expect(() => connect(settings)).toThrow(`external_ports is "${externalPorts}", but has to be two ports`);
  }
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
  [
    "an endpoint beside an openstack block",
    { endpoint, openstack: { cloud: "lab" } },
    {},
    /a provider deploys to one platform. Leave one of them out/,
  ],
  ["no token", { endpoint }, {}, /No token is given. Set FAIRLEAD_TOKEN, or FAIRLEAD_TOKEN_FILE/],
  [
    "a token file that is not there",
    { endpoint },
    { FAIRLEAD_TOKEN_FILE: "/nowhere" },
    /\/nowhere, which cannot be read \(ENOENT\)/,
  ],
  [
    "a CA file that is not there",
    { endpoint: "https://h", token: "t" },
    { FAIRLEAD_CA_FILE: "/nowhere" },
    /^FAIRLEAD_CA_FILE names \/nowhere, which cannot be read \(ENOENT\)\. Set it to the file of the CA's/,
  ],
  [
    "a CA file without a certificate",
    { endpoint: "https://h", token: "t", caFile: empty },
    {},
    /^The provider's ca_file names .*empty, which holds no certificate in PEM/,
  ],
  ["an empty token file", { endpoint }, { FAIRLEAD_TOKEN_FILE: empty }, /which is empty/],
];
test.each(cases)("%s is refused with what to set", (_, given, environment, message) => {
  expect(() => resolveSettings(given, environment)).toThrow(message);
  expect(() => resolveSettings(given, environment)).not.toThrow(/hunter2/);
});
