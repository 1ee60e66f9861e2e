import { soakPlatformKills } from "../soak/platform-kills";
import { randomFrom } from "../soak/random";
import { cleanUp } from "../support/clean-up";

jest.setTimeout(300_000);
afterEach(cleanUp);

test("kill -9 at 10 random moments under load: what was acknowledged is there, and all agrees with it", async () => {
  const seed = Date.now() % 2 ** 31;
  const lines: string[] = [];
  const report = await soakPlatformKills({
    kills: 10,
    random: randomFrom(seed),
    say: (line) => lines.push(line),
  }).catch((error: Error) => {
    throw new Error(`seed ${seed}\n${lines.join("\n")}\n${error.message}`);
  });
  process.stdout.write(`platform kills (seed ${seed}): ${JSON.stringify(report)}\n`);
  expect(report.acknowledged).toBeGreaterThan(100);
});
