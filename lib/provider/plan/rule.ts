import type { Diagnostics, PrivateState } from "../../tfplugin";
import type { Session } from "../session";
import type { Shape, Values } from "../shape";

/** A plan that rules look at and adjust. Anything in it may be UNKNOWN. */
export interface PlanDraft {
  readonly shape: Shape;
  readonly session: Session;
  readonly action: "create" | "update";
  /** By attribute; rules change it. */
  readonly next: Record<string, unknown>;
  /** Null on create. */
  readonly prior: Values | null;
  readonly config: Values;
  readonly privateState: PrivateState;
  readonly diagnostics: Diagnostics;
  readonly signal: AbortSignal;
  /** Attributes because of which rules have asked for a new object. */
  readonly replaced: readonly string[];
  /** Asks for a new object because of an attribute. */
  requiresReplace(attribute: string): void;
}

/** One rule of planning, beyond those that every provider has. */
export type PlanRule = (draft: PlanDraft) => void | Promise<void>;
