import type { TerraformRun } from "../terraform";
import { pathsByAddress, type TerraformStack } from "./synthesis";

/** How many resources an apply changes; one that is replaced is made and removed. */
export interface Changes {
  /** Made. */
  readonly add: number;
  /** Changed in place. */
  readonly change: number;
  /** Removed. */
  readonly remove: number;
  /** Taken over as they are. */
  readonly import: number;
}

interface Diagnostic {
  readonly severity: "error" | "warning";
  readonly summary: string;
  readonly detail?: string;
  readonly address?: string;
}

/** What Terraform says with `-json`, one message a line. */
interface Message {
  readonly type?: string;
  readonly changes?: Partial<Changes>;
  readonly diagnostic?: Diagnostic;
}

/** What was changed, or would be. */
export function changesIn(output: string): Changes {
  // Of a plan and its apply, the apply comes last.
  const summary = messagesOf(output).findLast(({ type }) => type === "change_summary")?.changes ?? {};
  const { add = 0, change = 0, remove = 0, import: imported = 0 } = summary;
  return { add, change, remove, import: imported };
}

/** What failed, at the constructs that it is about. */
export function failureOf(stack: TerraformStack, command: string, { stdout, stderr }: TerraformRun): Error {
  const paths = pathsByAddress(stack);
  const errors = messagesOf(stdout)
    .flatMap(({ diagnostic }) => diagnostic ?? [])
    .filter(({ severity }) => severity === "error")
    .map(({ summary, detail, address }) => {
      const path = address && (paths.get(address.replace(/\[.*\]$/, "")) ?? address);
      return `${path ? `[${path}] ` : ""}${summary}${detail ? `\n${detail}` : ""}`;
    });
  const said = errors.length > 0 ? errors.join("\n") : (stderr || stdout).trim();
  return new Error(
    `terraform ${command} of stack ${stack.node.path} failed.\n${said.replace(/^(?=.)/gm, "  ")}`,
  );
}

const messagesOf = (output: string): Message[] =>
  output
    .split("\n")
    .filter((line) => line.startsWith("{"))
    .map((line) => JSON.parse(line) as Message);
