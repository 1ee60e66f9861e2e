import { collections, PlatformError } from "../contract";
import { equal, type PrivateState } from "../tfplugin";
import type { Shape, Values } from "./shape";

const entry = "revision";
const identity = "id";

/** Remembers which revision the state shows, and of what. */
export function rememberRevision(
  privateState: PrivateState,
  entity: { id?: unknown; revision?: unknown },
): void {
  if (privateState.get(entry) !== entity.revision) privateState.set(entry, entity.revision);
  if (privateState.get(identity) !== entity.id) privateState.set(identity, entity.id);
}

/** The id of the object that the planned one replaces, which keeps it apart from all others. */
export function replacedId(privateState: PrivateState): string | undefined {
  const id = privateState.getReplaced(identity);
  return typeof id === "string" ? id : undefined;
}

/** A change that was decided on a state. */
export interface GuardedChange {
  readonly shape: Shape;
  readonly privateState: PrivateState;
  /** The state that the change was decided on. */
  readonly state: Values;
  /** What the object is to become, by attribute; empty for a deletion. */
  readonly wanted: Values;
  /** Reads the object as it is. */
  read(): Promise<{ readonly revision: number; readonly values: Values }>;
  /** Whether a difference is of this apply's own making. */
  expected(attribute: string, now: unknown): boolean;
}

const tries = 3;

/**
 * Makes a change only of what the plan has seen. When the object is at another revision, it is compared: if it still
 * is what the plan saw, or differs by nothing but what this apply has done itself, the change goes on; else it fails
 * with what has changed, and nothing of the object is touched.
 */
export async function onSeenRevision<T>(
  change: GuardedChange,
  run: (revision: number | undefined) => Promise<T>,
): Promise<T> {
  const seen = change.privateState.get(entry);
  let revision = typeof seen === "number" ? seen : undefined;
  for (let attempt = 1; ; attempt++) {
    try {
      return await run(revision);
    } catch (error) {
      if (!(error instanceof PlatformError && error.code === "revision_mismatch") || attempt === tries)
        throw error;
      const now = await change.read();
      const changed = differences(change, now.values);
      if (changed.length > 0) throw changedInTheMeantime(change, changed, error);
      revision = now.revision;
    }
  }
}

function differences({ shape, state, wanted, expected }: GuardedChange, now: Values): string[] {
  return shape.changeable.flatMap(({ attribute, type }) => {
    if (equal(now[attribute], state[attribute], type) || expected(attribute, now[attribute])) return [];
    if (attribute in wanted && equal(now[attribute], wanted[attribute], type)) return [];
    return [`${attribute} was ${JSON.stringify(state[attribute])} and is ${JSON.stringify(now[attribute])}`];
  });
}

function changedInTheMeantime(
  { shape, state }: GuardedChange,
  changed: readonly string[],
  cause: PlatformError,
) {
  const { noun } = collections[shape.name];
  return new PlatformError(
    "revision_mismatch",
    `The ${noun} ${String(state.id)} has changed since this was planned: ${changed.join("; ")}. Nothing of it was touched.`,
    { cause, ...(cause.requestId === undefined ? {} : { requestId: cause.requestId }) },
  );
}
