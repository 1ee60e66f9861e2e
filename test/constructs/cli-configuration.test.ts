import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describeHidingConfiguration } from "../../lib/constructs/cli-configuration";
import { installProvider } from "../../lib/constructs/provider-installation";

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "fairlead-home-"));
});
afterEach(() => rmSync(home, { recursive: true }));

/** What is said about a configuration in the user's home. */
function describeFile(text: string, name = ".terraformrc"): string | undefined {
  mkdirSync(join(home, ".terraform.d"), { recursive: true });
  writeFileSync(join(home, name), text);
  return describeHidingConfiguration({ HOME: home });
}

/** Whether Terraform itself finds the provider with a configuration, in the stack's folder or from where `chdir` leads there. */
function terraformFinds(text: string, chdir = false, ...more: string[]): boolean {
  const folder = join(home, "stack");
  mkdirSync(folder);
  writeFileSync(join(home, "executable"), "#!/bin/sh\n");
  installProvider(folder, { executable: join(home, "executable") });
  writeFileSync(join(home, "rc"), text);
  writeFileSync(
    join(folder, "main.tf"),
    'terraform {\n  required_providers {\n    fairlead = {\n      source = "fairlead.internal/fairlead/fairlead"\n    }\n  }\n}\n',
  );
  const init = ["init", "-input=false", "-lockfile=readonly", ...more];
  const { status } = spawnSync("terraform", chdir ? ["-chdir=stack", ...init] : init, {
    cwd: chdir ? home : folder,
    env: {
      PATH: process.env.PATH,
      HOME: home,
      TF_CLI_CONFIG_FILE: join(home, "rc"),
      CHECKPOINT_DISABLE: "1",
    },
  });
  return status === 0;
}

const good = `
provider_installation {
  filesystem_mirror {
    path    = "terraform.d/plugins"
    include = ["fairlead.internal/*/*"]
  }
  direct {
    exclude = ["fairlead.internal/*/*"]
  }
}
`;

test("no configuration, and one without provider_installation, is in nobody's way", () => {
  expect(describeHidingConfiguration({ HOME: home })).toBeUndefined();
  expect(
    describeFile('plugin_cache_dir = "/tmp" # comment\ncredentials "a.example" {\n  token = "x"\n}'),
  ).toBeUndefined();
});

test("the lines to add are said exactly, and with them Terraform finds the provider", () => {
  const hiding = "provider_installation {\n  direct {}\n}\n";
  expect(describeFile(hiding)).toBe(
    `${home}/.terraformrc says where Terraform finds providers, but not that Fairlead's is in the stack's directory, ` +
      "so `terraform init` will fail. Write in its provider_installation block:\n" +
      good.split("\n").slice(2, -2).join("\n"),
  );
  expect(describeFile(good)).toBeUndefined();
  expect(terraformFinds(good)).toBe(true);
});

test("from another folder Terraform finds it by those lines, or where it is told to look nowhere else", () => {
  expect(terraformFinds(good, true)).toBe(true);
  rmSync(join(home, "stack"), { recursive: true });
  expect(terraformFinds("", true, "-plugin-dir=terraform.d/plugins")).toBe(true);
});

test("a registry that would be asked for it is told, too, with its own settings kept", () => {
  const mirrored = good.replace(
    '    exclude = ["fairlead.internal/*/*"]\n',
    '    exclude = ["a.example/*/*"]\n',
  );
  expect(terraformFinds(mirrored)).toBe(false);
  expect(describeFile(mirrored)).toMatch(
    /:\n {2}direct \{\n {4}exclude = \["a\.example\/\*\/\*", "fairlead\.internal\/\*\/\*"\]\n {2}\}$/,
  );
  expect(
    describeFile('provider_installation {\n  network_mirror { url = "https://m.example/" }\n}'),
  ).toContain(
    '  network_mirror {\n    url     = "https://m.example/"\n    exclude = ["fairlead.internal/*/*"]\n  }',
  );
});

test.each([
  [
    "a mirror for everything",
    'provider_installation { filesystem_mirror { path = "./terraform.d/plugins/" } }',
  ],
  [
    "a development override",
    'provider_installation { dev_overrides { "fairlead.internal/fairlead/fairlead" = "/x" }\n direct {} }',
  ],
  ["other providers only", `${good}/* direct {} */`],
  ["what cannot be read", "provider_installation {"],
])("nothing is said about %s", (_, text) => {
  expect(describeFile(text)).toBeUndefined();
});

test("TF_CLI_CONFIG_FILE stands for all other files, and ~/.terraform.d/*.tfrc counts", () => {
  const hiding = "provider_installation {\n  direct {}\n}\n";
  expect(describeFile(hiding, ".terraform.d/company.tfrc")).toContain("company.tfrc says");
  writeFileSync(join(home, "good"), good);
  expect(describeHidingConfiguration({ HOME: home, TF_CLI_CONFIG_FILE: join(home, "good") })).toBeUndefined();
});
