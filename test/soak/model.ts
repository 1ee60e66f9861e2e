import fc from "fast-check";
import { freshAddress } from "../support/embedded";
import { idleImage } from "../support/idle-image";
import { guardAgreement } from "../support/model/agreement";
import { Tenant, verbs } from "../support/model/tenant";
import { servedPlatform } from "../support/served";

const clients = 20;
/** How often everything is compared, in operations of each client. */
const comparedEvery = 25;

const operation = fc.record({ verb: fc.constantFrom(...verbs), pick: fc.nat(999), value: fc.nat(999) });

/**
 * Twenty clients do random things over HTTP at once, and each knows what has to come of it; again and again the
 * platform is compared with what they know, and its gateway with the platform.
 * @throws Error at the first disagreement, with the seed
 */
export async function soakModel(options: {
  readonly operations: number;
  readonly seed: number;
  readonly say?: (line: string) => void;
}): Promise<{ readonly operations: number; readonly comparisons: number }> {
  const { operations, seed, say = () => {} } = options;
  const rounds = Math.ceil(operations / clients / comparedEvery);
  const externalIp = freshAddress();
  const served = await servedPlatform({ images: idleImage, externalIps: [externalIp] });
  const image = (value: number) => (value % 3 === 0 ? "http-hello" : "idle");
  const tenants = Array.from(
    { length: clients },
    (_, i) => new Tenant(`tenant-${i}`, served.client(), image),
  );
  const inspected = { api: served.client(), dataDir: served.settings.dataDir, externalIp };
  let comparisons = 0;
  const sequence = fc.array(operation, { minLength: comparedEvery, maxLength: comparedEvery });
  const everybody = fc.array(sequence, { minLength: clients, maxLength: clients });
  // One platform through all runs, so nothing could be shrunk: the next run begins where this one ended.
  await fc.assert(
    fc.asyncProperty(everybody, async (todo) => {
      await Promise.all(
        tenants.map(async (tenant, i) => {
          for (const next of todo[i]!) await tenant.step(next);
        }),
      );
      await guardAgreement(inspected, tenants);
      say(`${++comparisons * clients * comparedEvery} operations: all agree`);
    }),
    { seed, numRuns: rounds, endOnFailure: true },
  );
  return { operations: comparisons * clients * comparedEvery, comparisons };
}
