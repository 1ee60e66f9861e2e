import { statSync } from "node:fs";
import { resolve } from "node:path";
import { providerSource, providerVersion } from "../bindings/release";
import { describeHidingConfiguration } from "../constructs/cli-configuration";
import { installProvider } from "../constructs/provider-installation";
import { UsageError } from "./failure";

/** Puts the provider and its lock entry below a folder of Terraform HCL. */
export function providerInstall(dir: string): void {
  if (!statSync(dir, { throwIfNoEntry: false })?.isDirectory()) {
    throw new UsageError(`${dir} is no folder; name the one that holds your Terraform configuration.`);
  }
  const folder = resolve(dir);
  installProvider(folder);
  const hiding = describeHidingConfiguration();
  if (hiding) process.stderr.write(`fairlead: ${hiding}\n`);
  process.stdout.write(
    [
      `The provider fairlead ${providerVersion} is in ${folder}. Your configuration names it so:`,
      "",
      "  terraform {",
      "    required_providers {",
      "      fairlead = {",
      `        source  = "${providerSource}"`,
      `        version = "${providerVersion}"`,
      "      }",
      "    }",
      "  }",
      "",
      "Then run: terraform init",
      "",
    ].join("\n"),
  );
}
