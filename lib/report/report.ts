import type { Exposure } from "./exposure";
import type { Shown } from "./shown";

/** What Terraform is going to do with something; `none` where nothing is planned. */
export type Change = "none" | "add" | "change" | "replace" | "remove" | "import" | "forget";

/** What a report was made of. */
export type SourceKind = "synthesized" | "plan" | "state";

/** One or more stacks, each read from one source. */
export interface Report {
  readonly stacks: readonly StackReport[];
}

/** What one stack exposes. */
export interface StackReport {
  readonly name: string;
  readonly source: SourceKind;
  readonly projects: readonly ReportedProject[];
  /** What is to be said about the source itself, such as that the plan has failed. */
  readonly remarks: readonly string[];
  /** Changes of what is not Fairlead's. */
  readonly otherChanges: number;
}

/** What all things of a report have. */
export interface Reported {
  /** Terraform's address. */
  readonly address: string;
  /** Path of the construct, where the synthesized stack is at hand. */
  readonly constructPath: string | undefined;
  readonly change: Change;
  /** What changes in place, or makes it be replaced. */
  readonly fields: readonly FieldChange[];
  /** What the exposure policy said at synthesis, where the synthesized stack is at hand. */
  readonly policy: PolicyRecord | undefined;
}

/** Whether it is Terraform's when all is applied. */
export const remains = ({ change }: Pick<Reported, "change">): boolean =>
  change !== "remove" && change !== "forget";

/** A field before and after. */
export interface FieldChange {
  readonly field: string;
  readonly before: Shown<unknown>;
  readonly after: Shown<unknown>;
}

/** A project with its instances; one that the stack only refers to has no address. */
export interface ReportedProject {
  readonly name: string;
  readonly own: Reported | undefined;
  readonly instances: readonly ReportedInstance[];
}

/** An instance with its forwards; one that the stack only refers to has no address. */
export interface ReportedInstance {
  readonly name: string;
  readonly privateIp: Shown<string>;
  readonly own: Reported | undefined;
  readonly forwards: readonly ReportedForward[];
}

/** What the exposure policy said at synthesis. */
export interface PolicyRecord {
  readonly findings?: readonly { readonly rule: string; readonly level: string; readonly problem: string }[];
  readonly suppressed?: readonly {
    readonly rule: string;
    readonly problem: string;
    readonly reason: string;
  }[];
  readonly unchecked?: readonly { readonly rule: string; readonly prop: string }[];
}

/** A forward as it is, or will be; of one that goes, as it was. */
export interface ReportedForward extends Reported {
  readonly protocol: Shown<string>;
  readonly externalIp: Shown<string>;
  readonly externalPort: Shown<number>;
  readonly internalIp: Shown<string>;
  readonly internalPort: Shown<number>;
  readonly portCount: Shown<number>;
  readonly allowedCidrs: Shown<readonly string[]>;
  readonly description: Shown<string>;
  readonly expiresAt: Shown<string | null>;
  readonly enabled: Shown<boolean>;
  /** Names of the services that usually answer at its ports. */
  readonly services: readonly string[];
  readonly exposure: Exposure;
  /** How exposed it is now; undefined where it is new, or where only one moment is known. */
  readonly exposureBefore: Exposure | undefined;
  /** How many Terraform makes of it, where the code says `for_each` or `count`. */
  readonly copies: string | undefined;
}

/** All forwards of a stack with where they lead. */
export function forwardsOf(stack: StackReport) {
  return stack.projects.flatMap((project) =>
    project.instances.flatMap((instance) =>
      instance.forwards.map((forward) => ({ stack, project, instance, forward })),
    ),
  );
}

/** Everything of a stack that Terraform manages, projects first. */
export function managedOf(
  stack: StackReport,
): { readonly noun: string; readonly name: string; readonly it: Reported }[] {
  const instances = stack.projects.flatMap((project) => project.instances);
  return [
    ...stack.projects.flatMap(({ own, name }) => (own ? { noun: "project", name, it: own } : [])),
    ...instances.flatMap(({ own, name }) => (own ? { noun: "instance", name, it: own } : [])),
  ];
}
