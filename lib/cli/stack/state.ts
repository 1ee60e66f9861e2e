import { providerSource } from "../../bindings/release";
import { pullStates } from "./terraform";

/** An object of the platform that a state knows. */
export interface StateObject {
  readonly id: string;
  readonly ownershipId: string | null;
  /** Where the state has it: `module.lab.fairlead_instance.web`. */
  readonly address: string;
  /** The provider that manages it: `fairlead`, `fairlead.other`. */
  readonly provider: string;
}

/** What this reads of a state; Terraform and OpenTofu write the same. */
interface State {
  readonly resources?: readonly {
    readonly mode: string;
    readonly module?: string;
    readonly type: string;
    readonly name: string;
    readonly provider: string;
    readonly instances: readonly {
      readonly index_key?: string | number;
      readonly attributes?: Readonly<Record<string, unknown>>;
    }[];
  }[];
}

/** Every object of ours that a configuration's states know, those that are tainted or wait to be destroyed included. */
export async function stateObjects(folder: string): Promise<StateObject[]> {
  return (await pullStates(folder)).flatMap((text) => objectsIn(JSON.parse(text) as State));
}

function objectsIn({ resources = [] }: State): StateObject[] {
  return resources.flatMap(({ mode, module, type, name, provider, instances }) => {
    const [, source, alias] = /provider\["([^"]+)"\](?:\.(\S+))?$/.exec(provider) ?? [];
    if (mode !== "managed" || source !== providerSource) return [];
    const resource = `${module === undefined ? "" : `${module}.`}${type}.${name}`;
    return instances.flatMap(({ index_key: key, attributes }) => {
      const { id, ownership_id: ownershipId } = attributes ?? {};
      if (typeof id !== "string") return [];
      return {
        id,
        ownershipId: typeof ownershipId === "string" ? ownershipId : null,
        address: key === undefined ? resource : `${resource}[${JSON.stringify(key)}]`,
        provider: alias === undefined ? "fairlead" : `fairlead.${alias}`,
      };
    });
  });
}
