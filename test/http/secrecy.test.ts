import { join } from "node:path";
import { inspect } from "node:util";
import { openDatabase } from "../../lib/embedded/database";
import { cleanUp } from "../support/clean-up";
import { textLogger } from "../support/log";
import { servedPlatform } from "../support/served";

afterEach(cleanUp);

test("user data is in no answer, no error and no log, whatever comes of the request", async () => {
  const lines: string[] = [];
  const images = {
    broken: { description: "", command: ["/nowhere/program"] },
    failing: { description: "", command: ["sh", "-c", 'env; cat "$FAIRLEAD_USER_DATA_FILE"; exit 3'] },
  };
  const served = await servedPlatform({ images, log: textLogger((line) => lines.push(line)) });
  const { ask, platform } = served;
  const { id: projectId } = await platform.projects.create({ name: "ai-lab" });
  const secret = "hunter2-planted";
  const input = { projectId, name: "web", image: "http-hello", flavor: "small", userData: `pw: ${secret}` };
  const answers: string[] = [];
  const send = async (path: string, method: string, body: unknown, headers: Record<string, string> = {}) => {
    const text = typeof body === "string" ? body : JSON.stringify(body);
    const response = await ask(path, {
      method,
      headers: { "content-type": "application/json", ...headers },
      ...(method === "GET" ? {} : { body: text }),
    });
    const answer = await response.text();
    answers.push(JSON.stringify([...response.headers]), answer);
    return { status: response.status, answer };
  };

  const key = { "idempotency-key": "k1" };
  const made = await send("/v1/instances", "POST", input, key);
  expect(made.status).toBe(201);
  const { id } = JSON.parse(made.answer) as { id: string };
  expect((await send("/v1/instances", "POST", input, key)).status).toBe(201);
  const other = { ...input, userData: `${secret} 2` };
  expect((await send("/v1/instances", "POST", other, key)).answer).toContain("idempotency_key_reused");
  expect((await send("/v1/instances", "GET", undefined)).answer).toContain(id);
  expect((await send(`/v1/instances/${id}`, "GET", undefined)).answer).toContain(id);
  const statuses = await Promise.all(
    [
      { ...input, userData: { password: secret } },
      { ...input, userData: [secret] },
      { ...input, userData: secret.repeat(10_000) },
      { ...input, image: "none" },
      { ...input, image: "broken" },
      { ...input, image: "failing" },
      `{"name":"x","userData":"${secret}`,
      `{"name":"x","userData":"${secret}"`,
      `{"userData":"x" ${secret}}`,
      `{"userData": ${secret}}`,
      `"${secret}"`,
    ].map(async (body) => (await send("/v1/instances", "POST", body)).status),
  );
  expect(statuses).toEqual([422, 422, 422, 422, 500, 500, 400, 400, 400, 400, 400]);
  expect((await send(`/v1/instances/${id}`, "PATCH", { userData: secret })).status).toBe(422);
  await send("/metrics", "GET", undefined);
  const client = served.client();
  const error = await client.instances
    .create({ ...input, userData: secret.repeat(10_000) })
    .catch((reason: unknown) => reason);
  answers.push(inspect(error, { depth: 10 }));

  expect(answers.join("\n")).not.toContain(secret);
  expect(lines.length).toBeGreaterThan(10);
  expect(lines.join("\n")).not.toContain(secret);
  // It was there all the time.
  const database = openDatabase(join(served.settings.dataDir, "platform.db"));
  expect(database.first("SELECT userData FROM instances WHERE id = ?", id)).toMatchObject({
    userData: input.userData,
  });
  database.close();
});
