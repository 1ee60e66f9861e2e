import { soakFaults } from "../soak/faults";
import { randomFrom } from "../soak/random";
import { cleanUp } from "../support/clean-up";

jest.setTimeout(300_000);
afterEach(cleanUp);

test("30 cycles of apply and destroy over a network that fails: 0 orphans, 0 duplicates, 0 lost", async () => {
  const seed = Date.now() % 2 ** 31;
  const report = await soakFaults({ cycles: 30, random: randomFrom(seed) }).catch((error: Error) => {
    throw new Error(`seed ${seed}\n${error.message}`);
  });
  process.stdout.write(`faults (seed ${seed}): ${JSON.stringify(report)}\n`);
  expect(report).toMatchObject({ cycles: 30, orphans: 0, duplicates: 0, lost: 0 });
  const { none, ...harmed } = report.requests;
  expect(none).toBeGreaterThan(0);
  for (const [harm, count] of Object.entries(harmed)) expect([harm, count > 0]).toEqual([harm, true]);
});
