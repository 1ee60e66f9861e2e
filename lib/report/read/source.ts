import type { StackReport } from "../report";
import { assemble } from "./assemble";
import { type ReadObject, type ReadStack, withoutKeys } from "./object";
import { type Plan, readPlan } from "./plan";
import { readShownState, readStateFile, type ShownState, type StateFile } from "./state";
import { readSynthesized, type SynthesizedStack } from "./synthesized";

/** What a report cannot be made of; the message says what it is, what is allowed, and what to do. */
export class SourceError extends Error {
  override readonly name = "SourceError";
}

/** A text that says what a stack is, will be or shall be. */
export interface ReportSource {
  /** Where it came from, for messages. */
  readonly from: string;
  readonly text: string;
  /** What the stack is called, where the text does not say. */
  readonly name: string;
  /** The synthesized stack that a plan or state belongs to: construct paths and the policy's words are only there. */
  readonly synthesized: string | undefined;
}

/**
 * Reads a synthesized stack, a plan, or a state in either form, whichever it is.
 * @param now ms since the epoch
 * @throws SourceError when it is none of them
 */
export function readSource(source: ReportSource, now: number): StackReport {
  const content = parse(source.text, source.from);
  const { kind, stack } = understand(content, source.from);
  const code =
    kind === "synthesized" || source.synthesized === undefined
      ? undefined
      : readSynthesized(parse(source.synthesized, `the stack beside ${source.from}`) as SynthesizedStack);
  return assemble(code ? withCode(stack, code) : stack, {
    source: kind,
    name: code?.name ?? stack.name ?? source.name,
    now,
  });
}

function parse(text: string, from: string): object {
  if (text.startsWith("PK")) {
    throw new SourceError(
      `${from} is a plan as \`terraform plan -out\` writes it, which only Terraform can read. Run \`terraform show -json ${from} > plan.json\` in the stack's folder, and pass plan.json.`,
    );
  }
  if (text.trim() === "") throw new SourceError(`${from} is empty. ${allowed}`);
  try {
    const content: unknown = JSON.parse(text);
    if (typeof content === "object" && content !== null && !Array.isArray(content)) return content;
  } catch (error) {
    throw new SourceError(`${from} is no JSON: ${(error as Error).message}. ${allowed}`);
  }
  throw new SourceError(`${from} holds JSON, but no object. ${allowed}`);
}

const allowed =
  "A report is made of a synthesized stack (cdk.tf.json), a plan (`terraform show -json PLAN`) or a state (`terraform show -json`, `terraform state pull`).";

function understand(content: object, from: string): { kind: StackReport["source"]; stack: ReadStack } {
  const has = (field: string): boolean => field in content;
  if (has("format_version")) {
    if (has("provider_schemas")) throw new SourceError(`${from} is a list of providers. ${allowed}`);
    const known = String((content as { format_version: unknown }).format_version);
    if (!/^[01]\./.test(known)) {
      throw new SourceError(
        `${from} has the format ${known}, but this fairlead reads 1.x. Install one that is as new as your Terraform.`,
      );
    }
    if (has("resource_changes") || has("planned_values")) {
      return { kind: "plan", stack: readPlan(content as Plan) };
    }
    return { kind: "state", stack: readShownState(content as ShownState) };
  }
  if (has("version") && has("serial")) {
    const { version } = content as { version: unknown };
    if (version === 4) return { kind: "state", stack: readStateFile(content as StateFile) };
    throw new SourceError(
      `${from} is a state of version ${String(version)}, but this fairlead reads 4. Run \`terraform show -json > state.json\` in the stack's folder, and pass state.json.`,
    );
  }
  if (has("resource") || has("data") || has("terraform") || has("//")) {
    return { kind: "synthesized", stack: readSynthesized(content as SynthesizedStack) };
  }
  throw new SourceError(
    `${from} is JSON of another kind: its fields are ${Object.keys(content).slice(0, 5).join(", ") || "none"}. ${allowed}`,
  );
}

/** With what only the code says. */
function withCode(stack: ReadStack, code: ReadStack): ReadStack {
  const written = new Map(code.objects.map((object) => [object.address, object]));
  const objects = stack.objects.map((object): ReadObject => {
    const found = written.get(withoutKeys(object.address));
    return found ? { ...object, constructPath: found.constructPath, policy: found.policy } : object;
  });
  return { ...stack, objects };
}
