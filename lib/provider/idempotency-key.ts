import { createHash, randomUUID } from "node:crypto";
import { hostname } from "node:os";
import type { PrivateState } from "../tfplugin";
import type { Session } from "./session";

const entry = "idempotencyKey";

/** At plan: the key of the create to come, kept beside the plan by cores that can (Terraform 1.16 and later). */
export function planIdempotencyKey(privateState: PrivateState): void {
  if (privateState.get(entry) === undefined) privateState.set(entry, randomUUID());
}

/**
 * At apply: the key that makes the create repeatable.
 *
 * Before Terraform 1.16 nothing that a plan keeps in private reaches the create when a saved plan is applied for a
 * second time. The `plan_id` of the provider block does: it is the same at every apply of one plan and another in
 * every other plan. With it the key follows from what is made and the how-manieth of its kind it is: of objects that are
 * alike, it does not matter which is which.
 */
export class IdempotencyKeys {
  private readonly made = new Map<string, number>();

  /** Takes the planned key away: it stands for one object. */
  take(session: Session, type: string, input: object, privateState: PrivateState): string {
    const planned = privateState.get(entry);
    privateState.delete(entry);
    const { planId } = session.options;
    if (planId === null) return typeof planned === "string" ? planned : randomUUID();
    const what = JSON.stringify([planId, ...placeOf(planId), type, input]);
    const count = this.made.get(what) ?? 0;
    this.made.set(what, count + 1);
    return createHash("sha256").update(`${what} ${count}`).digest("base64url");
  }
}

/** Another plan may have been made elsewhere in the same second, so a time stands for a plan in its own folder alone. */
const placeOf = (planId: string): string[] =>
  /^\d{4}-\d{2}-\d{2}T/.test(planId) ? [hostname(), process.cwd()] : [];
