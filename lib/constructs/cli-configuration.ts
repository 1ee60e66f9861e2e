import { existsSync, readdirSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { providerSource } from "../bindings/release";
import { type HclBlock, parseHcl } from "./hcl";

/** Where Terraform looks first; it takes relative paths from the directory that it runs in. */
const mirror = "terraform.d/plugins";

const pattern = `${providerSource.split("/")[0]}/*/*`;

/**
 * Terraform finds the provider in the stack's directory, unless the user's CLI configuration says where
 * providers come from. Then this is what to add to it; undefined means that nothing is in the way.
 */
export function describeHidingConfiguration(
  environment: NodeJS.ProcessEnv = process.env,
): string | undefined {
  for (const file of configurationFiles(environment)) {
    for (const block of readBlocks(file)) {
      if (block.type !== "provider_installation") continue;
      const lines = missingLines(block);
      if (lines.length === 0) continue;
      return [
        `${file} says where Terraform finds providers, but not that Fairlead's is in the stack's directory, so \`terraform init\` will fail. Write in its provider_installation block:`,
        ...lines,
      ].join("\n");
    }
  }
  return undefined;
}

/** The files that Terraform reads, as its documentation lists them. */
function configurationFiles(environment: NodeJS.ProcessEnv): string[] {
  const override = environment.TF_CLI_CONFIG_FILE || environment.TERRAFORM_CONFIG;
  if (override) return [override];
  const home = environment.HOME || homedir();
  const windows = process.platform === "win32";
  const settings = environment.APPDATA ?? join(home, "AppData/Roaming");
  const folder = windows ? join(settings, "terraform.d") : join(home, ".terraform.d");
  const more = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith(".tfrc")) : [];
  return [
    windows ? join(settings, "terraform.rc") : join(home, ".terraformrc"),
    ...more.sort().map((name) => join(folder, name)),
  ];
}

/** What cannot be read is for Terraform to report. */
function readBlocks(file: string): HclBlock[] {
  try {
    return parseHcl(readFileSync(file, "utf8"));
  } catch {
    return [];
  }
}

function missingLines(installation: HclBlock): string[] {
  const methods = installation.blocks;
  const overrides = methods.filter(({ type }) => type === "dev_overrides");
  if (overrides.some(({ attributes }) => providerSource in attributes)) return [];
  const mirrored = methods.some(
    (method) =>
      method.type === "filesystem_mirror" &&
      String(method.attributes.path).replace(/^\.\/|\/+$/g, "") === mirror &&
      serves(method),
  );
  // A registry that is asked for a provider that it cannot have makes `init` fail, mirror or not.
  const registries = methods.filter(
    (method) => (method.type === "direct" || method.type === "network_mirror") && serves(method),
  );
  return [
    ...(mirrored
      ? []
      : ["  filesystem_mirror {", `    path    = "${mirror}"`, `    include = ["${pattern}"]`, "  }"]),
    ...registries.flatMap(({ type, attributes }) => {
      const excluded = [...textList(attributes.exclude), pattern].map((text) => `"${text}"`).join(", ");
      const url = typeof attributes.url === "string" ? [`    url     = "${attributes.url}"`] : [];
      return [`  ${type} {`, ...url, `    exclude = [${excluded}]`, "  }"];
    }),
  ];
}

/** Whether an installation method is asked for our provider. */
function serves({ attributes }: HclBlock): boolean {
  const include = textList(attributes.include);
  const exclude = textList(attributes.exclude);
  return (include.length === 0 || include.some(matches)) && !exclude.some(matches);
}

/** "fairlead.internal/fairlead/fairlead", in which any part may be an asterisk. */
function matches(text: string): boolean {
  const parts = text.split("/");
  return (
    parts.length === 3 && providerSource.split("/").every((part, i) => parts[i] === "*" || parts[i] === part)
  );
}

function textList(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === "string") : [];
}
