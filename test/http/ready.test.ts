import { openDatabase } from "../../lib/embedded/database";
import { databaseTrouble } from "../../lib/embedded/health";
import { cleanUp, onCleanUp } from "../support/clean-up";
import { startTestPlatform } from "../support/embedded";
import { servedPlatform } from "../support/served";

afterEach(cleanUp);

test("a platform is ready while its database answers, and says why when it is not; both without a token", async () => {
  const running = await startTestPlatform();
  const { endpoint } = await servedPlatform({}, { notReady: running.notReady });
  const ready = await fetch(`${endpoint}/ready`);
  expect({ status: ready.status, body: await ready.json() }).toEqual({
    status: 200,
    body: { status: "ready" },
  });
  const stopping = running.stop();
  const refused = await fetch(`${endpoint}/ready`);
  expect(refused.status).toBe(503);
  expect(refused.headers.get("content-type")).toBe("application/problem+json");
  expect(await refused.json()).toMatchObject({
    code: "unreachable",
    detail: "The platform does not serve now: it is stopping.",
  });
  await stopping;
  expect((await fetch(`${endpoint}/health`)).status).toBe(200);
});

test("a database that does not answer is the reason", async () => {
  const database = openDatabase(":memory:");
  onCleanUp(() => database.close());
  expect(databaseTrouble(database)).toMatch(/^the database does not answer \(.*no such table/);
  database.script("CREATE TABLE projects (id TEXT)");
  expect(databaseTrouble(database)).toBeUndefined();
});
