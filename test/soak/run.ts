/** `npm run soak [-- kills [count] [seed]]`: what takes too long for the tests; prints what it found. */
import { cleanUp } from "../support/clean-up";
import { startPlatformProcess } from "../support/platform-process";
import { TerraformFolder } from "../support/terraform";
import { platformConfig, randomFrom, soakKills } from "./kills";

async function main(): Promise<void> {
  const [, count = "200", seed = String(Date.now() % 2 ** 31)] = process.argv.slice(2);
  process.stdout.write(`seed ${seed}\n`);
  const platform = await startPlatformProcess({ config: platformConfig });
  const terraform = new TerraformFolder(platform.settings);
  await terraform.initialize();
  const report = await soakKills(platform, terraform, {
    kills: Number(count),
    random: randomFrom(Number(seed)),
    say: (line) => void process.stdout.write(`${line}\n`),
  });
  process.stdout.write(`${JSON.stringify(report)}\n`);
}

main()
  .catch((error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
    process.exitCode = 1;
  })
  .finally(cleanUp);
