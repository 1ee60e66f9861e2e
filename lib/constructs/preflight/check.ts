import type { IConstruct } from "constructs";
import type { Overview } from "../../contract";
import type { Finding } from "../finding";
import type { Declared } from "./declared";

/** What checks look at: what is declared for one platform, and what is there. */
export interface Look {
  readonly declared: Declared;
  readonly overview: Overview;
  /** Ownership mark of what the stack makes; undefined when only Terraform knows it. */
  readonly mark: string | undefined;
}

/** Something that an apply would stumble over, at the construct that it is about. */
export interface PreflightFinding extends Finding {
  readonly construct: IConstruct;
  /** Errors stop the synthesis; a warning is what may be otherwise by the time of the apply. */
  readonly level: "error" | "warning";
}

/** What a check has found, and what it could not check. */
export interface CheckResult {
  readonly findings: readonly PreflightFinding[];
  /** Arguments that only Terraform knows, one entry for each place. */
  readonly unchecked: readonly string[];
}

/** One thing that is looked after. */
export type Check = (look: Look) => CheckResult;
