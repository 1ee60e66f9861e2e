import { createHash } from "node:crypto";
import { Token } from "cdktf";
import type { IConstruct } from "constructs";
import type { InstanceResourceConfig } from "../bindings";
import { ConstructError } from "./construct-error";

/** What an instance is told at its first start. */
export interface UserDataOptions {
  /**
   * What the instance is told at its first start, cloud-init's `user-data` for example; at most 48 KiB. Other user
   * data replace the instance, and its forwards follow.
   *
   * It is in no state, and the platform never shows it again. But text in the code is in the synthesized stack and in
   * saved plans, for everybody to read; a secret comes from an `EphemeralVariable`, alone or within the text. What is
   * written here arrives as it is: `${HOME}` is the shell's, and needs no `Fn.rawString`.
   *
   * @default no user data
   * @example
   * const userData = "#!/bin/sh\necho ready > ${HOME}/marker\n";
   */
  readonly userData?: string;
  /**
   * Text that changes with `userData`: Terraform keeps no trace of them, so only another version brings others to the
   * instance. It is in the state, for everybody to read.
   *
   * @default the SHA-256 of the text; where values stand in it that only Terraform knows (an `EphemeralVariable`, the
   * address of another instance), a version has to be given
   */
  readonly userDataVersion?: string;
}

/**
 * The arguments of the resource for user data.
 * @throws ConstructError when nothing would tell Terraform that the data are others.
 */
export function userDataArguments(
  instance: IConstruct,
  { userData, userDataVersion }: UserDataOptions,
): Pick<InstanceResourceConfig, "userDataWo" | "userDataWoVersion"> {
  if (userData === undefined) return { userDataWoVersion: userDataVersion };
  if (userDataVersion === undefined && Token.isUnresolved(userData)) {
    // No hash by Terraform either: of a secret that is easily guessed it would tell, and of what is ephemeral there
    // can be none. Without any version a change would never arrive, and nobody would be told.
    throw new ConstructError(instance, {
      problem:
        "`userData` holds a token, whose value is not known at synthesis, so a change of it would go unnoticed.",
      fix: 'Add `userDataVersion`: any text that you change with the user data, such as "1".',
    });
  }
  return {
    userDataWo: withoutTemplates(userData),
    userDataWoVersion: userDataVersion ?? createHash("sha256").update(userData).digest("hex"),
  };
}

/** Terraform takes every text for a template; only cdktf's tokens are meant as such here. */
function withoutTemplates(text: string): string {
  return text.replace(/\$\{(?!TfToken\[)|%\{/g, (opening) => `${opening[0]}${opening}`);
}
