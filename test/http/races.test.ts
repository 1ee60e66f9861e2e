import { listAll, PlatformError } from "../../lib/contract";
import { cleanUp } from "../support/clean-up";
import { freshAddress } from "../support/embedded";
import { listeners } from "../support/listeners";
import { projectWithInstance } from "../support/project";
import { servedPlatform } from "../support/served";

afterEach(cleanUp);

const racers = 100;

test("100 clients race for the last 10 ports: exactly 10 get one, the others an answer that says so", async () => {
  const externalIp = freshAddress();
  const ports = { from: 23_000, to: 23_009 };
  const { client, platform } = await servedPlatform({ externalIps: [externalIp], ports });
  const { target } = await projectWithInstance(platform);
  const outcomes = await Promise.allSettled(
    Array.from({ length: racers }, (_, i) =>
      client().portForwards.create({ ...target, internalPort: 1000 + i }, { idempotencyKey: `racer-${i}` }),
    ),
  );
  const won = outcomes.flatMap((outcome) => (outcome.status === "fulfilled" ? [outcome.value] : []));
  const lost = outcomes.flatMap((outcome) => (outcome.status === "rejected" ? [outcome.reason] : []));
  const all = Array.from({ length: 10 }, (_, i) => ports.from + i);
  expect(won.map(({ externalPort }) => externalPort).sort()).toEqual(all);
  expect(lost).toHaveLength(racers - 10);
  for (const error of lost) {
    expect(error).toBeInstanceOf(PlatformError);
    expect(error.code).toBe("external_ports_exhausted");
  }
  expect((await listAll(platform.portForwards)).map(({ id }) => id).sort()).toEqual(
    won.map(({ id }) => id).sort(),
  );
  expect(listeners(externalIp).sort()).toEqual(all.map((port) => `${externalIp}:${port}/tcp`));
});

test("100 clients race for one port, one name, one revision and one instance's port: one of each wins", async () => {
  const { client, platform } = await servedPlatform();
  const { project, target } = await projectWithInstance(platform);
  const winners = async (code: string, attempt: (i: number) => Promise<unknown>): Promise<number> => {
    const outcomes = await Promise.allSettled(Array.from({ length: racers }, (_, i) => attempt(i)));
    const refusals = outcomes.flatMap((outcome) =>
      outcome.status === "rejected" ? [outcome.reason.code] : [],
    );
    expect(new Set(refusals)).toEqual(new Set([code]));
    return racers - refusals.length;
  };
  const create = (i: number, more: object) =>
    client().portForwards.create({ ...target, internalPort: i, ...more });
  expect(await winners("external_port_taken", (i) => create(1000 + i, { externalPort: 24_000 }))).toBe(1);
  expect(await winners("internal_port_taken", () => create(22, {}))).toBe(1);
  expect(await winners("project_name_taken", () => client().projects.create({ name: "wanted" }))).toBe(1);
  const change = (i: number) =>
    client().projects.update(project.id, { description: `${i}` }, { revision: 1 });
  expect(await winners("revision_mismatch", change)).toBe(1);
});
