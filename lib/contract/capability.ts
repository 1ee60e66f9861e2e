import * as z from "zod";
import type { Collection } from "./collection";
import { PlatformError } from "./errors";

const able = (what: string) => z.boolean().describe(what);

/**
 * What a platform can enforce. What it cannot is refused before anything is made, never dropped in silence.
 * `clientAddress` and `projectIsolation` are facts: no field asks for them.
 */
export const Capabilities = z.object({
  projectManagement: able("Projects may be made, changed and deleted; else they are only shown."),
  instanceManagement: able("Instances may be made, changed and deleted; else they are only shown."),
  portRanges: able("A forward may cover several consecutive ports."),
  externalIpChoice: able("The external address of a forward may be chosen."),
  sources: able("Forwards let in the sources of allowedCidrs only."),
  expiry: able("Forwards close at expiresAt, also when nobody applies anything."),
  disabling: able("Forwards may be disabled and keep their port."),
  deletionProtection: able("Protected instances and forwards are not deleted."),
  quotas: able("Projects may limit their instances and forwards."),
  userData: able("Instances get user data."),
  sshKeys: able("Instances get SSH keys."),
  statistics: able("Forwards count connections and bytes."),
  memoryLimits: able("Instances are held to the memory of their flavor."),
  cpuLimits: able("Instances are held to the CPUs of their flavor."),
  proxyProtocol: able("Forwards tell instances the client's own address by the PROXY protocol v2."),
  clientAddress: able("Instances see the client's own address; else they see the platform's."),
  projectIsolation: able("No instance of a project reaches an instance of another except through a forward."),
});
export type Capabilities = z.output<typeof Capabilities>;

/** The name of a capability. */
export type CapabilityName = keyof Capabilities;

/** What to do where a platform lacks a capability that an argument asks for. */
export const withoutCapability: Readonly<Record<CapabilityName, string>> = {
  projectManagement:
    "Use a project that is there: Project.fromLookup in code, the fairlead_project data source in HCL.",
  instanceManagement:
    "Use an instance that is there: Instance.fromLookup in code, the fairlead_instance data source in HCL.",
  portRanges: "Leave the count out, and declare a forward for each port.",
  externalIpChoice: "Leave the address out: the platform chooses it.",
  sources: "Leave the sources out and restrict them where packets arrive, at a firewall or on the instance.",
  expiry: "Leave the expiry out, and destroy the forward when its time is over.",
  disabling: "Leave it enabled, or remove the forward.",
  deletionProtection: "Leave it out; Terraform's lifecycle prevent_destroy guards what is still in the code.",
  quotas: "Leave the quota out and set it in the platform's own administration.",
  userData: "Leave the user data out and use an image that needs none.",
  sshKeys: "Leave the keys out and use an image that has them.",
  statistics: "Look at the platform's own monitoring.",
  memoryLimits: "Limit the memory inside of the instance.",
  cpuLimits: "Limit the CPUs inside of the instance.",
  proxyProtocol: "Leave it out.",
  clientAddress:
    "Set proxyProtocol where the service speaks it; without that, restrict and log sources on the platform, not on the instance.",
  projectIsolation:
    "Let instances trust nobody for an address; put what must not meet on different platforms.",
};

/** A field that was set although the platform cannot do what it asks for. */
export interface Lack {
  /** Name of the field in the contract. */
  readonly field: string;
  /** What the platform would have to be capable of. */
  readonly capability: CapabilityName;
}

type Fallbacks = Readonly<Record<string, string | undefined>>;
const fallbacks = new WeakMap<Collection, Fallbacks>();

/** What a create has where it leaves a field out, as JSON. Undefined for a field that it has to give. */
function fallbacksOf(collection: Collection): Fallbacks {
  let found = fallbacks.get(collection);
  if (!found) {
    found = Object.fromEntries(
      Object.keys(collection.needs).map((field) => [
        field,
        JSON.stringify(collection.create.shape[field]?.safeParse(undefined).data),
      ]),
    );
    fallbacks.set(collection, found);
  }
  return found;
}

/**
 * The fields of a create or patch that ask for what a platform lacks. A field asks for nothing when it is absent
 * or has the value that a create without it has.
 */
export function lacksOf(
  collection: Collection,
  input: Readonly<Record<string, unknown>>,
  capabilities: Capabilities,
): Lack[] {
  const lacks: Lack[] = [];
  for (const [field, capability] of Object.entries(collection.needs)) {
    if (!capability || capabilities[capability] || !(field in input)) continue;
    const value = input[field];
    const asksForNothing =
      value === undefined || value === null || fallbacksOf(collection)[field] === JSON.stringify(value);
    if (!asksForNothing) lacks.push({ field, capability });
  }
  return lacks;
}

/** The capability that making, changing and deleting a collection's members needs, where the platform lacks it. */
export function lackOfManagement(
  { management }: Pick<Collection, "management">,
  capabilities: Capabilities,
): CapabilityName | undefined {
  return management && !capabilities[management] ? management : undefined;
}

/**
 * Refuses to make, change or delete what a platform only shows; a delete asks this, the others `guardCapabilities`.
 * @throws PlatformError `unsupported`
 */
export function guardManagement(collection: Collection, capabilities: Capabilities): void {
  const capability = lackOfManagement(collection, capabilities);
  if (!capability) return;
  throw new PlatformError(
    "unsupported",
    `The platform only shows ${collection.noun}s: it lacks ${capability}. ${withoutCapability[capability]}`,
    { details: { lacks: [{ capability }] } },
  );
}

/**
 * Refuses a create or patch that asks for what a platform lacks; to be asked before anything is made.
 * @throws PlatformError `unsupported`
 */
export function guardCapabilities(
  collection: Collection,
  input: Readonly<Record<string, unknown>>,
  capabilities: Capabilities,
): void {
  guardManagement(collection, capabilities);
  const lacks = lacksOf(collection, input, capabilities);
  const [lack] = lacks;
  if (!lack) return;
  const sentences = lacks.map(
    ({ field, capability }) =>
      `${field} is set, but the platform lacks ${capability}. ${withoutCapability[capability]}`,
  );
  throw new PlatformError("unsupported", sentences.join(" "), {
    field: `/${lack.field}`,
    details: { lacks },
  });
}
