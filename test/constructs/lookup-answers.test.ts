import { App, Lazy, TerraformStack, TerraformVariable, Testing } from "cdktf";
import { Image, Instance, PortForward, Project } from "../../lib";
import { newestOf } from "../../lib/constructs/image-version";
import { answerLookups } from "../../lib/constructs/lookup-answers";
import { keyOf, type LookupQuestion, questionOf } from "../../lib/constructs/lookup-question";

// What needs no platform: data that a test gives, which image is newest, and keys.

let stack: TerraformStack;
beforeEach(() => {
  stack = new TerraformStack(new App(), "dev");
});
afterEach(() => answerLookups(undefined));

test("a unit test gives the answers, and needs neither platform nor endpoint nor file", () => {
  answerLookups({
    projects: [{ id: "prj-1", name: "ai-lab", externalIps: ["203.0.113.5"], privateCidr: "10.0.0.0/24" }],
    instances: [
      { id: "ins-1", projectId: "prj-1", name: "web", privateIp: "10.0.0.2" },
      { id: "ins-2", projectId: "prj-2", name: "web", privateIp: "10.0.1.2" },
    ],
    portForwards: [
      { id: "fwd-1", externalIp: "203.0.113.5", externalPort: 20170, portCount: 2, protocol: "tcp" },
    ],
    images: [{ name: "debian-12" }, { name: "debian-13" }],
  });
  const project = Project.fromLookup(stack, "Lab", { name: "ai-lab" });
  expect(Instance.fromLookup(stack, "Web", { project, name: "web" }).instanceId).toBe("ins-1");
  const port = { externalIp: "203.0.113.5", externalPort: 20171, protocol: "tcp" } as const;
  expect(PortForward.fromLookup(stack, "Page", port).portForwardId).toBe("fwd-1");
  const image = Image.fromLookup(stack, "Debian", { name: "debian-*", latest: true });
  expect(image.imageName).toBe("debian-13");
  project.addInstance("Made", { image, flavor: "small" });
  const made = JSON.parse(Testing.synth(stack)).resource.fairlead_instance;
  expect(Object.values(made)).toMatchObject([{ name: "made", image: "debian-13" }]);
  expect(() => Image.fromLookup(stack, "Any", { name: "debian-*" })).toThrow(
    `[dev/Any] "image debian-* at the test's platform" may be any of 2: debian-12, debian-13.\n    Fix: Write more of the name, or add \`latest: true\` for the newest of them.`,
  );
  expect(() => Project.fromLookup(stack, "Nope", { name: "nope" })).toThrow(
    `[dev/Nope] There is no project "nope" at the test's platform; it has ai-lab.`,
  );
});

test("a list that the test did not give is empty, not the platform's", () => {
  answerLookups({});
  expect(() => Project.fromLookup(stack, "Lab", { name: "ai-lab" })).toThrow("it has none.");
});

describe("what only Terraform knows is no key", () => {
  const port = { externalIp: "203.0.113.5", externalPort: 20170, protocol: "tcp" } as const;
  const tokens = () => {
    const variable = new TerraformVariable(stack, "v", {});
    return { text: variable.stringValue, number: variable.numberValue };
  };
  const lab = () => {
    answerLookups({ projects: [{ id: "prj-1", name: "lab", externalIps: ["203.0.113.5"] }] });
    return Project.fromLookup(stack, "Lab", { name: "lab" });
  };

  test.each<[string, string, () => unknown]>([
    ["a project", "name", () => Project.fromLookup(stack, "It", { name: tokens().text })],
    ["a part of a name", "name", () => Project.fromLookup(stack, "It", { name: `lab-${tokens().text}` })],
    ["an instance", "name", () => Instance.fromLookup(stack, "It", { project: lab(), name: tokens().text })],
    [
      "an image",
      "name",
      () => Image.fromLookup(stack, "It", { name: Lazy.stringValue({ produce: () => "a" }) }),
    ],
    [
      "a forward's address",
      "externalIp",
      () => PortForward.fromLookup(stack, "It", { ...port, externalIp: tokens().text }),
    ],
    [
      "a forward's port",
      "externalPort",
      () => PortForward.fromLookup(stack, "It", { ...port, externalPort: tokens().number }),
    ],
  ])("%s", (_, prop, lookUp) => {
    expect(lookUp).toThrow(
      `[dev/It] \`${prop}\` is a token, so it is not known at synthesis.\n    Fix: Write what it is: the platform is asked before Terraform runs.`,
    );
  });

  test("a project that the app makes has no forwards to look up either", () => {
    const project = new Project(stack, "New", { name: "new" });
    expect(() => PortForward.fromLookup(stack, "It", { ...port, project })).toThrow(
      "[dev/It] The project dev/New is known at apply only, so nothing of it can be looked up at synthesis.",
    );
  });

  test("and neither is nothing", () => {
    expect(() => Project.fromLookup(stack, "It", { name: "" })).toThrow("[dev/It] `name` is empty.");
  });
});

test.each([
  [["ubuntu-22.04", "ubuntu-24.04", "ubuntu-9.10"], ["ubuntu-24.04"]],
  [["app-9", "app-10"], ["app-10"]],
  [["v1.2", "v1.2.1", "v1.2.0"], ["v1.2.1"]],
  [["base-20240131", "base-20240229"], ["base-20240229"]],
  [["ubuntu-24.04-rc1", "ubuntu-24.04", "ubuntu-24.04-beta"], ["ubuntu-24.04"]],
  [["ubuntu-24.04-rc2", "ubuntu-24.04-rc10"], ["ubuntu-24.04-rc10"]],
  [["ubuntu-22.04", "ubuntu-24.04-rc1"], ["ubuntu-24.04-rc1"]],
  // Of two machines neither is newer.
  [
    ["debian-12-amd64", "debian-12-arm64", "debian-11-amd64"],
    ["debian-12-amd64", "debian-12-arm64"],
  ],
  [["debian-12-i386", "debian-13-x86_64"], ["debian-13-x86_64"]],
  [
    ["echo", "hello"],
    ["echo", "hello"],
  ],
  [[], []],
])("the newest of %j is %j", (names, newest) => {
  expect(newestOf(names.map((name) => ({ name }))).map(({ name }) => name)).toEqual(newest);
});

test("`*` stands for any text, everything else for itself", () => {
  answerLookups({ images: [{ name: "a.b-1" }, { name: "axb-1" }] });
  expect(Image.fromLookup(stack, "Dot", { name: "a.b*" }).imageName).toBe("a.b-1");
  expect(() => Image.fromLookup(stack, "Part", { name: "a.b" })).toThrow('There is no image "a.b"');
  expect(() => Image.fromLookup(stack, "Empty", { name: "" })).toThrow("`name` is empty.");
});

test.each<LookupQuestion>([
  { kind: "project", name: "ai-lab", endpoint: "http://127.0.0.1:7878" },
  { kind: "project", name: "a of project b at noon", endpoint: "http://h" },
  { kind: "instance", name: "web 1", project: "my lab", endpoint: "openstack:lab/RegionOne" },
  { kind: "instance", name: "a of project b", project: "c", endpoint: "http://h" },
  { kind: "instance", name: "a", project: "b of project c", endpoint: "http://h" },
  { kind: "port forward", name: "[2001:db8::1]:20170/udp", endpoint: "http://h" },
  { kind: "port forward", name: "203.0.113.5:20170/tcp", project: "lab", endpoint: "http://h" },
  { kind: "image", name: "ubuntu-24.04", endpoint: "http://h" },
  { kind: "newest image", name: 'say "hi" at *', endpoint: "http://h" },
])("a key is read as the question that it was made of: $kind $name", (question) => {
  expect(questionOf(keyOf(question))).toEqual(question);
});

test("other text is no key", () => {
  const unfinished = ['project "a at http://h', 'project "\\q" at http://h'];
  for (const text of ["", "project", "project ai-lab", "network a at http://h", ...unfinished]) {
    expect(questionOf(text)).toBeUndefined();
  }
});
