import { mkdirSync, readFileSync, renameSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { lineOf, openConnectionLog } from "../../lib/embedded/connection-log";
import type { ConnectionEnd } from "../../lib/embedded/gateway";
import { cleanUp, freshFolder } from "../support/clean-up";
import { textLogger } from "../support/log";
import { eventually } from "../support/processes";

afterEach(cleanUp);

const end = (more: Partial<ConnectionEnd> = {}): ConnectionEnd => ({
  ...{ id: "fwd-1", protocol: "tcp", client: { host: "198.51.100.7", port: 51_000 } },
  ...{ target: { host: "127.64.0.2", port: 22 }, bytesIn: 5, bytesOut: 7 },
  ...{ startedAt: Date.UTC(2026, 0, 31, 12), durationMs: 1_500, reason: "closed", ...more },
});
const lines = (file: string) =>
  readFileSync(file, "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Record<string, unknown>);

test("a line says all of a connection, as JSON", () => {
  expect(lineOf(end())).toBe(
    '{"time":"2026-01-31T12:00:01.500Z","forward":"fwd-1","protocol":"tcp","client":"198.51.100.7:51000",' +
      '"instance":"127.64.0.2:22","bytesIn":5,"bytesOut":7,"durationMs":1500,"reason":"closed"}',
  );
  const six = JSON.parse(lineOf(end({ client: { host: "2001:db8::1", port: 1 } })));
  expect(six.client).toBe("[2001:db8::1]:1");
  expect(JSON.parse(lineOf(end({ client: undefined }))).client).toBeNull();
});

test("lines are appended, for this user alone, in order, and all of them before it is closed", async () => {
  const file = join(freshFolder(), "connections.log");
  for (const part of [0, 1]) {
    const log = await openConnectionLog(
      file,
      textLogger(() => {}),
    );
    for (let i = 0; i < 1_000; i++) log.add(end({ bytesIn: 1_000 * part + i }));
    await log.close();
  }
  expect(lines(file).map(({ bytesIn }) => bytesIn)).toEqual(Array.from({ length: 2_000 }, (_, i) => i));
  expect(statSync(file).mode & 0o777).toBe(0o600);
});

test("a file that was renamed away is made anew, and nothing is lost", async () => {
  const file = join(freshFolder(), "connections.log");
  const log = await openConnectionLog(
    file,
    textLogger(() => {}),
  );
  log.add(end({ bytesIn: 1 }));
  await eventually(() => statSync(file).size > 0);
  renameSync(file, `${file}.1`);
  log.add(end({ bytesIn: 2 }));
  await log.close();
  expect([lines(`${file}.1`), lines(file)]).toMatchObject([[{ bytesIn: 1 }], [{ bytesIn: 2 }]]);
});

test("what cannot be written is dropped and counted, and the operator is told once", async () => {
  const folder = join(freshFolder(), "logs");
  mkdirSync(folder);
  const told: string[] = [];
  const file = join(folder, "connections.log");
  const log = await openConnectionLog(
    file,
    textLogger((line) => told.push(line)),
  );
  rmSync(folder, { recursive: true });
  for (const round of [1, 2]) {
    for (let i = 0; i < 10; i++) log.add(end());
    await eventually(() => told.length > 0);
    await new Promise((done) => setTimeout(done, 300 * round));
  }
  expect(told).toEqual([expect.stringContaining("connections cannot be logged: Error: ENOENT")]);
  mkdirSync(folder);
  log.add(end({ bytesIn: 9 }));
  await log.close();
  expect(lines(file)).toMatchObject([{ bytesIn: 9 }, { dropped: 20 }]);
  expect(told[1]).toContain("connections are logged again");
});

test("a disk that takes nothing for a while costs lines, not memory", async () => {
  const file = join(freshFolder(), "connections.log");
  const log = await openConnectionLog(
    file,
    textLogger(() => {}),
  );
  // In one turn nothing is written.
  for (let i = 0; i < 100_000; i++) log.add(end());
  await log.close();
  const written = lines(file);
  const { dropped } = written.at(-1) as { dropped: number };
  expect(dropped).toBeGreaterThan(50_000);
  expect(written.length - 1 + dropped).toBe(100_000);
});

test("a file that cannot be opened is refused at once", async () => {
  await expect(
    openConnectionLog(
      "/nowhere/connections.log",
      textLogger(() => {}),
    ),
  ).rejects.toThrow("ENOENT");
});
