import type { IConstruct } from "constructs";
import { isOpenStack, resolveSettings, SettingsError } from "../../connect";
import type { Overview } from "../../contract";
import { ConstructError } from "../construct-error";
import { type AskedPlatform, endpointOf } from "../lookup-endpoint";
import { overviewOf } from "../lookup-process";
import type { FairleadProvider } from "../provider";

/** A platform of one's own has to answer before anybody wonders; a cloud is many services. */
const patience = { platform: 10_000, cloud: 60_000 };

/** What there is, or why it is not known, as a sentence. */
type Seen = { readonly overview: Overview } | { readonly skipped: string };

/** What each app has seen: its stacks on one platform are one look. */
const seen = new WeakMap<IConstruct, Map<string, Seen>>();

/** What there is on the platform of a provider. */
export function lookAt(provider: FairleadProvider): Seen {
  if (provider.tokenInput !== undefined) {
    return { skipped: "the provider's token is known to Terraform only." };
  }
  const named = provider.endpointInput ?? provider.openstackInput ?? process.env.FAIRLEAD_ENDPOINT;
  if (!named) return { skipped: "no platform is named (FAIRLEAD_ENDPOINT)." };
  try {
    const platform = endpointOf(provider, provider);
    resolveSettings(platform);
    const { root } = provider.node;
    const known = seen.get(root) ?? new Map<string, Seen>();
    seen.set(root, known);
    const key = JSON.stringify(platform);
    const look = known.get(key) ?? ask(platform);
    known.set(key, look);
    return look;
  } catch (error) {
    return { skipped: reasonOf(error) };
  }
}

function ask(platform: AskedPlatform): Seen {
  try {
    const reply = overviewOf(platform, isOpenStack(platform.endpoint) ? patience.cloud : patience.platform);
    if ("overview" in reply) return reply;
    return { skipped: `${platform.endpoint} gave no answer: ${reply.error.message} (${reply.error.code}).` };
  } catch (error) {
    return { skipped: reasonOf(error) };
  }
}

function reasonOf(error: unknown): string {
  if (error instanceof SettingsError) return error.message;
  // Its path is that of the notice.
  if (error instanceof ConstructError) return error.message.replace(/^\[[^\]]*\] /, "").split("\n")[0]!;
  if ((error as NodeJS.ErrnoException).code === "ETIMEDOUT") return "the platform did not answer in time.";
  return (error as Error).message;
}
