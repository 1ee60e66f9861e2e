import type * as z from "zod";
import type { collections } from "../contract";
import { forClient, type ModifyPlanCall, type Resource, type ValidateCall } from "../tfplugin";
import type { Fact } from "./fact";
import { findImported, markImported } from "./import";
import { lifeCycle } from "./life-cycle";
import { lastPlanRules, planRules } from "./plan";
import { guardDeletion } from "./plan/deletion";
import { guardManaged } from "./plan/management";
import type { PlanDraft, PlanRule } from "./plan/rule";
import type { Session } from "./session";
import { type Shape, shapeOf, type Values } from "./shape";
import type { Entity, SnapshotName } from "./snapshot";

type CreateInput<K extends SnapshotName> = z.input<(typeof collections)[K]["create"]>;

/** Every field of the entity, and what goes in without coming out. */
type Facts<K extends SnapshotName> = { readonly [F in keyof Entity<K> | keyof CreateInput<K>]-?: Fact };

/** What a resource does beyond what all of them do. */
export interface ResourceExtras {
  /** Checks attributes against each other. */
  validate?(call: ValidateCall<never, never>): void;
  /** Rules of planning of its own, behind the common ones. */
  readonly plan?: readonly PlanRule[];
}

const { defineResource } = forClient<Session>();

/** How long an operation may take unless the configuration says otherwise. */
const timeouts = { create: "10m", update: "10m", delete: "10m" } as const;

/**
 * A collection of the contract as a Terraform resource. Every field of the contract has to be given a fact, so
 * a new one does not compile until the provider has answered for it.
 */
export function platformResource<K extends SnapshotName>(
  name: K,
  description: string,
  facts: Facts<K>,
  extras: ResourceExtras = {},
): Resource<Session> {
  const shape = shapeOf(name, facts);
  const rules = [...planRules, ...(extras.plan ?? []), ...lastPlanRules];
  return defineResource({
    description,
    version: 1,
    timeouts,
    upgrade: { 0: (state) => upgraded(shape, state) },
    attributes: shape.attributes,
    ...lifeCycle(shape),
    ...(extras.validate ? { validate: extras.validate as (call: unknown) => void } : {}),

    async import({ client, id, signal, privateState }) {
      const entity = await findImported(client, name, id, signal);
      markImported(privateState);
      return { id: entity.id, ...("projectId" in entity ? { project_id: entity.projectId } : {}) };
    },

    async modifyPlan(call) {
      const draft = draftOf(shape, call as ModifyPlanCall<Session, never, never>);
      for (const rule of rules) await rule(draft);
      return draft.next as never;
    },

    async planDelete({ client, state, diagnostics, signal }) {
      guardDeletion(shape, state as Values, diagnostics);
      // Of a replacement the other half has been refused already.
      if (!diagnostics.hasErrors) await guardManaged(shape, client, "deleted", diagnostics, signal);
    },
  });
}

function draftOf(shape: Shape, call: ModifyPlanCall<Session, never, never>): PlanDraft {
  const { client: session, action, plan, state, config, privateState, diagnostics, signal } = call;
  const replaced: string[] = [];
  return {
    shape,
    session,
    action,
    next: { ...(plan as Values) },
    prior: state as Values | null,
    config: config as Values,
    privateState,
    diagnostics,
    signal,
    replaced,
    requiresReplace: (attribute) => {
      replaced.push(attribute);
      call.requiresReplace(attribute);
    },
  };
}

/** What version 0 did not know has the value that an object without it has; the next refresh brings the truth. */
function upgraded(shape: Shape, state: Values): Values {
  const added = Object.entries(shape.attributes).map(([name, { options }]) => [
    name,
    options.default ?? null,
  ]);
  return { ...Object.fromEntries(added), effective_labels: state.labels, ...state };
}
