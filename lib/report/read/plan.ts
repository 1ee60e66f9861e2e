import type { Change } from "../report";
import {
  type Attributes,
  isOurs,
  masked,
  type ReadObject,
  type ReadStack,
  unsaid,
  withoutKeys,
} from "./object";
import { readModule, type StateModule } from "./state";

/** A plan as `terraform show -json` writes it. */
export interface Plan {
  readonly errored?: boolean;
  readonly complete?: boolean;
  readonly resource_changes?: readonly ResourceChange[];
  readonly resource_drift?: readonly ResourceChange[];
  readonly prior_state?: { readonly values?: { readonly root_module?: StateModule } };
  readonly configuration?: { readonly root_module?: ConfiguredModule };
}

interface ResourceChange {
  readonly address: string;
  readonly mode: string;
  readonly type: string;
  readonly change: {
    readonly actions: readonly string[];
    readonly before: Attributes | null;
    readonly after: Attributes | null;
    readonly after_unknown?: unknown;
    readonly before_sensitive?: unknown;
    readonly after_sensitive?: unknown;
    readonly importing?: unknown;
  };
}

interface ConfiguredModule {
  readonly resources?: readonly {
    readonly address: string;
    readonly expressions?: Readonly<Record<string, { readonly references?: readonly string[] }>>;
  }[];
  readonly module_calls?: Readonly<Record<string, { readonly module?: ConfiguredModule }>>;
}

/** What will be, and what is now. */
export function readPlan(plan: Plan): ReadStack {
  const references = referencesIn(plan.configuration?.root_module);
  const changes = plan.resource_changes ?? [];
  const managed = changes.filter(({ mode }) => mode === "managed");
  const objects = managed
    .filter(({ type }) => isOurs(type))
    .map((resource): ReadObject => {
      const { address, type, change } = resource;
      const before = change.before && (masked(change.before, false, change.before_sensitive) as Attributes);
      const after =
        change.after && (masked(change.after, change.after_unknown, change.after_sensitive) as Attributes);
      return {
        ...unsaid,
        address,
        type,
        managed: true,
        change: changeOf(change),
        values: after ?? before ?? {},
        before: before ?? undefined,
        references: references.get(withoutKeys(address)) ?? {},
      };
    });
  const known = readModule(plan.prior_state?.values?.root_module).filter((object) => !object.managed);
  return {
    name: undefined,
    objects: [...objects, ...known],
    remarks: remarksOn(plan),
    otherChanges: managed.filter(({ type, change }) => !isOurs(type) && changeOf(change) !== "none").length,
  };
}

function changeOf({ actions, importing }: ResourceChange["change"]): Change {
  const [first, second] = actions;
  if (second !== undefined) return "replace";
  if (first === "create") return "add";
  if (first === "delete") return "remove";
  if (first === "forget") return "forget";
  if (first === "update") return "change";
  return importing ? "import" : "none";
}

function remarksOn({ errored, complete, resource_drift: drift = [] }: Plan): string[] {
  const drifted = drift.filter(({ type }) => isOurs(type)).length;
  return [
    ...(errored ? ["The plan has ended with an error: what is behind it is missing here."] : []),
    ...(!errored && complete === false ? ["The plan is not complete: applying it leaves more to plan."] : []),
    ...(drifted > 0
      ? [`${drifted} ${drifted === 1 ? "was" : "were"} changed by somebody else since the last apply.`]
      : []),
  ];
}

/** By address without keys: which resource each attribute's value comes from. */
function referencesIn(
  module: ConfiguredModule | undefined,
  prefix = "",
): Map<string, Record<string, string>> {
  const found = new Map<string, Record<string, string>>();
  for (const { address, expressions = {} } of module?.resources ?? []) {
    const own: Record<string, string> = {};
    for (const [attribute, { references = [] }] of Object.entries(expressions)) {
      const reference = references
        .map((text) => /^(?:data\.)?fairlead_\w+\.[\w-]+/.exec(text)?.[0])
        .find(Boolean);
      if (reference !== undefined) own[attribute] = prefix + reference;
    }
    found.set(prefix + address, own);
  }
  for (const [name, call] of Object.entries(module?.module_calls ?? {})) {
    for (const entry of referencesIn(call.module, `${prefix}module.${name}.`)) found.set(...entry);
  }
  return found;
}
