import { createHash } from "node:crypto";
import { TerraformStack, Testing } from "cdktf";
import {
  ConstructError,
  EphemeralVariable,
  FairleadProvider,
  type Project,
  Project as Projects,
} from "../../lib";

const machine = { image: "echo", flavor: "small" };

let stack: TerraformStack;
let project: Project;
beforeEach(() => {
  stack = new TerraformStack(Testing.app(), "dev");
  project = new Projects(stack, "Project", { name: "ai-lab" });
});

/** The arguments of the only instance that are about user data. */
function userData(): { readonly text?: string; readonly version?: string } {
  const [instance] = Object.values<Record<string, string>>(
    JSON.parse(Testing.synth(stack)).resource.fairlead_instance,
  );
  return { text: instance!.user_data_wo, version: instance!.user_data_wo_version };
}

test("text has its hash as version, so that another text makes another instance", () => {
  project.addInstance("Web", { ...machine, userData: "#!/bin/sh\n" });
  expect(userData()).toEqual({
    text: "#!/bin/sh\n",
    version: createHash("sha256").update("#!/bin/sh\n").digest("hex"),
  });
});

test("a version of one's own counts, and without user data there is nothing", () => {
  project.addInstance("Web", { ...machine, userData: "a", userDataVersion: "7" });
  expect(userData()).toEqual({ text: "a", version: "7" });
  project.node.tryRemoveChild("Web");
  project.addInstance("Plain", machine);
  expect(userData()).toEqual({});
});

test("what looks like a template is the instance's, what other constructs know is Terraform's", () => {
  const database = project.addInstance("Database", machine);
  const written = `echo $HOME \${HOME} %{literal} $\${twice}\ndb=${database.privateIp}`;
  project.addInstance("Web", { ...machine, userData: written, userDataVersion: "1" });
  const instances = Object.entries<{ user_data_wo?: string }>(
    JSON.parse(Testing.synth(stack)).resource.fairlead_instance,
  );
  expect(instances.find(([name]) => name.startsWith("Project_Web"))![1].user_data_wo).toMatch(
    /^echo \$HOME \$\$\{HOME\} %%\{literal\} \$\$\$\{twice\}\ndb=\$\{fairlead_instance\.Project_Database_\w+\.private_ip\}$/,
  );
});

test("without a version, what only Terraform knows is refused", () => {
  const secret = new EphemeralVariable(stack, "secret").stringValue;
  const add = () => project.addInstance("Web", { ...machine, userData: `key=${secret}` });
  expect(add).toThrow(ConstructError);
  project.node.tryRemoveChild("Web");
  expect(add).toThrow(
    "[dev/Project/Web] `userData` holds a token, whose value is not known at synthesis, so a change of it would go unnoticed.\n" +
      '    Fix: Add `userDataVersion`: any text that you change with the user data, such as "1".',
  );
});

test("user data that are too long are refused, and not repeated", () => {
  const text = `s3cret${"x".repeat(48 * 1024)}`;
  expect(() => project.addInstance("Web", { ...machine, userData: text })).toThrow(
    "[dev/Project/Web] userData is not shown, but user data has at most 49152 bytes.\n    Fix: Shorten `userData`",
  );
});

test("a secret comes from an ephemeral variable, and the synthesized stack holds only its name", () => {
  const variable = new EphemeralVariable(stack, "bootstrap", { description: "Key of the first start." });
  const token = new EphemeralVariable(stack, "token");
  new FairleadProvider(stack, "Fairlead", { token: token.stringValue });
  project.addInstance("Web", { ...machine, userData: variable.stringValue, userDataVersion: "1" });
  const { variable: variables, provider } = JSON.parse(Testing.synth(stack));
  expect(variables).toEqual({
    bootstrap: { type: "string", sensitive: true, ephemeral: true, description: "Key of the first start." },
    token: { type: "string", sensitive: true, ephemeral: true },
  });
  expect(userData()).toEqual({ text: "$" + "{var.bootstrap}", version: "1" });
  expect(provider.fairlead[0].token).toBe("$" + "{var.token}");
});
