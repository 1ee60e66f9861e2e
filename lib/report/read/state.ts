import { hidden } from "../shown";
import { type Attributes, isOurs, masked, type ReadObject, type ReadStack, unsaid } from "./object";

/** A state as `terraform show -json` writes it. */
export interface ShownState {
  readonly values?: { readonly root_module?: StateModule };
}

/** A module of it, with those below. */
export interface StateModule {
  readonly resources?: readonly {
    readonly address: string;
    readonly mode: string;
    readonly type: string;
    readonly values?: Attributes;
    readonly sensitive_values?: unknown;
    readonly deposed_key?: string;
  }[];
  readonly child_modules?: readonly StateModule[];
}

/** A state as Terraform keeps it: a state file, or what `terraform state pull` writes. */
export interface StateFile {
  readonly resources?: readonly {
    readonly mode: string;
    readonly module?: string;
    readonly type: string;
    readonly name: string;
    readonly instances: readonly {
      readonly index_key?: string | number;
      readonly deposed?: string;
      readonly attributes?: Attributes;
      readonly sensitive_attributes?: readonly (readonly { readonly value: string | number }[])[];
    }[];
  }[];
}

/** What Terraform has made. */
export function readShownState(state: ShownState): ReadStack {
  return asStack(readModule(state.values?.root_module));
}

/** Everything of ours in a module and in those below; what waits there to be destroyed is left out. */
export function readModule(module: StateModule | undefined): ReadObject[] {
  const own = (module?.resources ?? [])
    .filter(({ type, deposed_key: deposed }) => isOurs(type) && deposed === undefined)
    .map(({ address, mode, type, values = {}, sensitive_values: sensitive }) =>
      made(address, type, mode === "managed", masked(values, false, sensitive) as Attributes),
    );
  return [...own, ...(module?.child_modules ?? []).flatMap(readModule)];
}

/** What a state file holds; what waits there to be destroyed is left out. */
export function readStateFile(state: StateFile): ReadStack {
  const objects = (state.resources ?? [])
    .filter(({ type }) => isOurs(type))
    .flatMap(({ mode, module, type, name, instances }) =>
      instances
        .filter(({ deposed }) => deposed === undefined)
        .map(({ index_key: key, attributes = {}, sensitive_attributes: paths = [] }) => {
          const address = [module, mode === "data" ? "data" : undefined, type, name]
            .filter(Boolean)
            .join(".");
          return made(
            key === undefined ? address : `${address}[${JSON.stringify(key)}]`,
            type,
            mode === "managed",
            paths.reduce(hide, attributes),
          );
        }),
    );
  return asStack(objects);
}

/** The same without the attribute that a way into it begins with, all of it. */
function hide(values: Attributes, [step]: readonly { readonly value: string | number }[]): Attributes {
  return step === undefined ? {} : { ...values, [step.value]: hidden };
}

function made(address: string, type: string, managed: boolean, values: Attributes): ReadObject {
  return { ...unsaid, address, type, managed, change: "none", values, before: undefined, references: {} };
}

const asStack = (objects: readonly ReadObject[]): ReadStack => ({
  name: undefined,
  objects,
  remarks: [],
  otherChanges: 0,
});
