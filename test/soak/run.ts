/** `npm run soak [-- name [count] [seed]]`: what takes too long for the tests; prints what it found. */
import { cleanUp } from "../support/clean-up";
import { startPlatformProcess } from "../support/platform-process";
import { TerraformFolder } from "../support/terraform";
import { soakFaults } from "./faults";
import { platformConfig, soakKills } from "./kills";
import { soakModel } from "./model";
import { soakPlatformKills } from "./platform-kills";
import { randomFrom } from "./random";

/** One that runs for long: how often, by what chance, and what it says meanwhile. */
interface Soak {
  /** How often where nothing is said. */
  readonly count: number;
  run(count: number, random: () => number, say: (line: string) => void): Promise<object>;
}

const soaks: Readonly<Record<string, Soak>> = {
  /** Terraform and its provider are killed in the middle of apply and destroy. */
  kills: {
    count: 200,
    run: async (kills, random, say) => {
      const platform = await startPlatformProcess({ config: platformConfig });
      const terraform = new TerraformFolder(platform.settings);
      await terraform.initialize();
      return soakKills(platform, terraform, { kills, random, say });
    },
  },
  /** The platform is killed under a load of changes. */
  "platform-kills": {
    count: 200,
    run: (kills, random, say) => soakPlatformKills({ kills, random, say }),
  },
  /** Apply and destroy over a network that fails. */
  faults: {
    count: 1_000,
    run: (cycles, random, say) => soakFaults({ cycles, random, say }),
  },
  /** Random operations of twenty clients, against a model. */
  model: {
    count: 10_000,
    run: (operations, random, say) => soakModel({ operations, seed: Math.floor(random() * 2 ** 31), say }),
  },
};

async function main(): Promise<void> {
  const [name = "kills", count, seed = String(Date.now() % 2 ** 31)] = process.argv.slice(2);
  const soak = Object.hasOwn(soaks, name) ? soaks[name] : undefined;
  if (!soak) throw new Error(`There is no soak ${name}; there are ${Object.keys(soaks).join(", ")}.`);
  process.stdout.write(`seed ${seed}\n`);
  const say = (line: string) => void process.stdout.write(`${line}\n`);
  const report = await soak.run(Number(count ?? soak.count), randomFrom(Number(seed)), say);
  process.stdout.write(`${JSON.stringify(report)}\n`);
}

main()
  .catch((error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
    process.exitCode = 1;
  })
  .finally(cleanUp);
