import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { PlatformError } from "../../lib/contract";
import { type CredentialArguments, findCredentials } from "../../lib/openstack/credentials";
import { endpointOf, readToken } from "../../lib/openstack/token";
import { cleanUp, freshFolder } from "../support/clean-up";

afterEach(cleanUp);

/** A home folder with files in it, as the environment of somebody who has nothing else. */
function home(files: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv & { HOME: string } {
  const folder = freshFolder();
  for (const [name, text] of Object.entries(files)) {
    const path = join(folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
  return { HOME: folder };
}

const lab = `
clouds:
  lab:
    auth:
      auth_url: https://keystone.example.com:5000
      username: ann
      user_domain_name: Example
      project_name: web
      project_domain_id: default
      password: hunter2
    region_name: RegionOne
    interface: internal
`;
const clouds = ".config/openstack/clouds.yaml";

test("a cloud of clouds.yaml, in the user's folder", () => {
  const environment = home({ [clouds]: lab });
  const credentials = findCredentials({ cloud: "lab" }, environment);
  expect(credentials).toEqual({
    source: `the cloud "lab" of ${environment.HOME}/${clouds}`,
    authUrl: "https://keystone.example.com:5000/v3",
    proof: { method: "password", user: { name: "ann", domain: { name: "Example" } }, password: "hunter2" },
    project: { name: "web", domain: { id: "default" } },
    region: "RegionOne",
    interface: "internal",
    endpoints: {},
    ca: undefined,
  });
  expect(findCredentials({}, { ...environment, OS_CLOUD: "lab" })).toEqual(credentials);
  expect(findCredentials({}, environment)).toEqual(credentials);
  expect(findCredentials({ region: "RegionTwo" }, environment).region).toBe("RegionTwo");
});

test("OS_CLIENT_CONFIG_FILE comes before every other file; secure.yaml has the password", () => {
  const environment = home({
    [clouds]: lab,
    "mine/clouds.yaml": lab.replaceAll("lab", "mine").replace("      password: hunter2\n", ""),
    ".config/openstack/secure.yaml": "clouds: { mine: { auth: { password: hunter3 } } }",
  });
  const file = join(environment.HOME, "mine/clouds.yaml");
  const { source, proof } = findCredentials({}, { ...environment, OS_CLIENT_CONFIG_FILE: file });
  expect(source).toBe(`the cloud "mine" of ${file}`);
  expect(proof).toMatchObject({ user: { name: "ann" }, password: "hunter3" });
});

test("a profile of clouds-public.yaml completes a cloud", () => {
  const environment = home({
    [clouds]: "clouds: { mine: { profile: vendor, auth: { user_id: u1, password: p, project_id: p1 } } }",
    ".config/openstack/clouds-public.yaml":
      "public-clouds: { vendor: { auth: { auth_url: 'https://vendor.example.com/v3' }, region_name: West } }",
  });
  expect(findCredentials({}, environment)).toMatchObject({
    authUrl: "https://vendor.example.com/v3",
    region: "West",
    proof: { user: { id: "u1" } },
    project: { id: "p1" },
  });
});

const variables = {
  OS_AUTH_URL: "https://keystone.example.com/identity/v3/",
  OS_USERNAME: "ann",
  OS_PASSWORD: "hunter2",
  OS_PROJECT_NAME: "web",
};

test("the OS_* variables alone describe a cloud; the first domain is the default", () => {
  expect(findCredentials({}, { ...home(), ...variables, OS_REGION_NAME: "West" })).toMatchObject({
    source: "the OS_* variables",
    authUrl: "https://keystone.example.com/identity/v3",
    proof: { user: { name: "ann", domain: { id: "default" } } },
    project: { name: "web", domain: { id: "default" } },
    region: "West",
    interface: "public",
  });
});

test("an application credential is of one project and names none; a URL of version 2 means version 3", () => {
  const environment = {
    ...home(),
    OS_AUTH_URL: "https://keystone.example.com:5000/v2.0",
    OS_AUTH_TYPE: "v3applicationcredential",
    OS_APPLICATION_CREDENTIAL_ID: "cred-1",
    OS_APPLICATION_CREDENTIAL_SECRET: "hunter2",
  };
  const { authUrl, proof, project } = findCredentials({}, environment);
  expect({ authUrl, project }).toEqual({
    authUrl: "https://keystone.example.com:5000/v3",
    project: undefined,
  });
  expect(proof).toEqual({
    method: "application_credential",
    credential: { id: "cred-1" },
    secret: "hunter2",
  });
});

test("a file of certificates is read; a proof by token is known", () => {
  const environment = home({ "ca.pem": "-----BEGIN CERTIFICATE-----" });
  const { ca } = findCredentials(
    {},
    { ...environment, ...variables, OS_CACERT: join(environment.HOME, "ca.pem") },
  );
  expect(ca).toBe("-----BEGIN CERTIFICATE-----");
  const { proof } = findCredentials({}, { ...variables, OS_AUTH_TYPE: "v3token", OS_TOKEN: "t" });
  expect(proof).toEqual({ method: "token", token: "t" });
});

test("services that are reached elsewhere than the catalogue says", () => {
  const file = home({ [clouds]: `${lab}    network_endpoint_override: https://neutron.example.com\n` });
  const { endpoints } = findCredentials({}, file);
  expect(endpoints).toEqual({ network: "https://neutron.example.com" });
  const credentials = findCredentials(
    {},
    { ...variables, OS_COMPUTE_ENDPOINT_OVERRIDE: "https://nova.example.com/v2.1/" },
  );
  const { secret, ...token } = readToken("t", { token: tokenOfProject }, "the OS_* variables");
  expect(secret).toBe("t");
  const endpoint = (service: "compute" | "network", of = credentials) =>
    endpointOf({ secret, ...token }, service, of);
  expect(endpoint("compute")).toBe("https://nova.example.com/v2.1");
  expect(endpoint("network", { ...credentials, endpoints })).toBe("https://neutron.example.com/v2.0");
  expect(() => endpoint("network")).toThrow("the regions are none");
});

const tokenOfProject = {
  expires_at: "2026-12-31T00:00:00Z",
  user: { id: "u" },
  project: { id: "p", name: "web", domain: { id: "default" } },
};

const cases: [string, Record<string, string>, NodeJS.ProcessEnv, CredentialArguments, RegExp][] = [
  ["no cloud at all", {}, {}, {}, /No OpenStack cloud is named, but there is no clouds.yaml; looked at/],
  ["a cloud without a file", {}, { OS_CLOUD: "lab" }, {}, /The cloud "lab" is asked for/],
  [
    "an override that is no URL",
    { [clouds]: `${lab}    image_endpoint_override: glance\n` },
    {},
    {},
    /image_endpoint_override is "glance", but has to be the URL of a service/,
  ],
  ["another cloud", { [clouds]: lab }, { OS_CLOUD: "prod" }, {}, /there is no cloud "prod"; it has lab/],
  [
    "one of several",
    { [clouds]: `${lab}  other: { auth: {} }\n` },
    {},
    {},
    /it is not said which of its clouds is meant; it has lab, other/,
  ],
  [
    "broken YAML",
    { [clouds]: "clouds:\n  lab: {hunter2: [" },
    {},
    {},
    /clouds.yaml cannot be read as YAML \(\w+, line 2\)/,
  ],
  ["no password", {}, { ...variables, OS_PASSWORD: "" }, {}, /the OS_\* variables, password is missing/],
  ["no project", {}, { ...variables, OS_PROJECT_NAME: "" }, {}, /project_name is missing/],
  ["no user", {}, { ...variables, OS_USERNAME: "" }, {}, /username is missing/],
  ["a URL that is none", {}, { ...variables, OS_AUTH_URL: "keystone" }, {}, /auth_url is "keystone"/],
  [
    "an unknown way",
    {},
    { ...variables, OS_AUTH_TYPE: "v3kerberos" },
    {},
    /auth_type is "v3kerberos"; password,/,
  ],
  [
    "no secret",
    {},
    { ...variables, OS_APPLICATION_CREDENTIAL_ID: "x" },
    {},
    /application_credential_secret is missing/,
  ],
  [
    "an unknown interface",
    {},
    { ...variables, OS_INTERFACE: "secret" },
    {},
    /interface is "secret"; it is public/,
  ],
  [
    "certificates that are not there",
    {},
    { ...variables, OS_CACERT: "/nowhere" },
    {},
    /\/nowhere, which cannot be read \(ENOENT\)/,
  ],
  [
    "unchecked certificates",
    {},
    { ...variables, OS_INSECURE: "true" },
    {},
    /turned off \(verify or insecure\)/,
  ],
  [
    "unchecked certificates in the file",
    { [clouds]: `${lab}    verify: false\n` },
    {},
    {},
    /Name the cloud's CA file in cacert/,
  ],
];
test.each(cases)("%s is refused, and no secret is told", (_, files, environment, given, message) => {
  const find = () => findCredentials(given, { ...home(files), ...environment });
  expect(find).toThrow(PlatformError);
  expect(find).toThrow(message);
  expect(find).not.toThrow(/hunter2/);
});
