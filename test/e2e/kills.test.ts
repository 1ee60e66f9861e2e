import { platformConfig, soakKills } from "../soak/kills";
import { randomFrom } from "../soak/random";
import { cleanUp } from "../support/clean-up";
import { startPlatformProcess } from "../support/platform-process";
import { TerraformFolder } from "../support/terraform";

jest.setTimeout(900_000);
afterEach(cleanUp);

test("20 kills at random moments of apply and destroy: nothing is lost, and the next apply goes on", async () => {
  const seed = Date.now() % 2 ** 31;
  const platform = await startPlatformProcess({ config: platformConfig });
  const terraform = new TerraformFolder(platform.settings);
  await terraform.initialize();
  const lines: string[] = [];
  const report = await soakKills(platform, terraform, {
    kills: 20,
    random: randomFrom(seed),
    say: (line) => lines.push(line),
  }).catch((error: Error) => {
    throw new Error(`seed ${seed}\n${lines.join("\n")}\n${error.message}`);
  });
  process.stdout.write(`kills (seed ${seed}): ${JSON.stringify(report)}\n`);
  expect(report.converged + report.stopped).toBe(20);
});
