import { TerraformElement, type TerraformResource, Token } from "cdktf";
import type { IConstruct } from "constructs";
import { ConstructError, type Finding } from "./construct-error";
import { loadContract } from "./lazy-contract";
import { isRepeated } from "./repetition";

/** Collections whose things can be imported. */
type Importable = "projects" | "instances" | "portForwards";

/**
 * Lets Terraform take over what exists, instead of making it. Where it is in the state already, Terraform passes over
 * the import, so it may stay in the code.
 * @param key id or natural key; nothing is imported without one
 * @throws ConstructError
 */
export function importFrom(
  construct: IConstruct,
  collection: Importable,
  resource: TerraformResource,
  key: string | undefined,
): void {
  if (key === undefined) return;
  const finding = isRepeated(construct) ? severalOfOne : wrongKey(collection, key);
  if (finding) throw new ConstructError(construct, finding);
  new ImportBlock(resource, key);
}

const severalOfOne: Finding = {
  problem: "`importFrom` names one thing, but `count` or `forEach` make several.",
  fix: "Write a loop in TypeScript instead, with an `importFrom` for each.",
};

function wrongKey(collection: Importable, key: string): Finding | undefined {
  if (Token.isUnresolved(key) || (typeof key === "string" && isKey[collection](key))) return undefined;
  const { collections, naturalKeys } = loadContract();
  const { noun } = collections[collection];
  const article = /^[aeiou]/.test(noun) ? "an" : "a";
  return {
    problem: `importFrom is ${JSON.stringify(key)}, but ${article} ${noun} is imported by ${naturalKeys[collection]}.`,
    fix: "Write what `fairlead forward list` shows.",
  };
}

/** Whether a text may name something. An id may be anything but empty, and holds no slash, which every key of several parts does. */
const isKey: { readonly [K in Importable]: (key: string) => boolean } = {
  projects: (key) => key !== "" && !key.includes("/"),
  instances: (key) => key !== "" && (!key.includes("/") || /^[^/]+\/[^/]+$/.test(key)),
  portForwards: (key) => {
    const { parseForwardKey, rangeProblem } = loadContract();
    const parsed = parseForwardKey(key);
    if (!parsed) return key !== "" && !key.includes("/") && !/^(\[.+\]|[\d.]+):\d/.test(key);
    return parsed.externalPort > 0 && !rangeProblem({ ...parsed, internalPort: 1 });
  },
};

/**
 * An `import` block. cdktf's own `importFrom` starts Terraform at each synthesis, once for each resource, to ask for
 * its version; what this package needs of Terraform is newer than import blocks.
 */
class ImportBlock extends TerraformElement {
  constructor(
    private readonly resource: TerraformResource,
    private readonly key: string,
  ) {
    super(resource, "Import");
  }

  /** As late as possible: a resource may get another logical id. */
  private get address(): string {
    return `${this.resource.terraformResourceType}.${this.resource.friendlyUniqueId}`;
  }

  override toTerraform() {
    return { import: [{ to: this.address, id: this.key }] };
  }

  override toHclTerraform() {
    const to = { value: this.address, type: "simple", storageClassType: "reference" };
    const id = { value: this.key, type: "simple", storageClassType: "string" };
    return { import: [{ to, id }] };
  }
}
