import type { Diagnostics } from "../diagnostics";
import type { PrivateState } from "../private-state";
import type { Resource } from "../resource";
import type { Path } from "../schema/path";
import type { Fields, ObjectType } from "../value/type";

/** What is given when a change is planned. */
export interface PlanRequest {
  readonly resource: Resource;
  readonly type: ObjectType;
  readonly config: Fields;
  /** Null on create. */
  readonly prior: Fields | null;
  readonly client: unknown;
  readonly privateState: PrivateState;
  readonly signal: AbortSignal;
  readonly diagnostics: Diagnostics;
}

/** A plan in the making. */
export interface Draft {
  readonly planned: Fields;
  /** Whether anything differs from the prior state, so that an apply will run. */
  readonly changed: boolean;
  /** The attributes that need a new object. */
  readonly replace: readonly Path[];
}

/** One rule of planning. Pure: it returns a new draft. */
export type PlanStep = (draft: Draft, request: PlanRequest) => Draft | Promise<Draft>;
