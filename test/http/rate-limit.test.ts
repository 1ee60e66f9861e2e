import fc from "fast-check";
import { RateLimiter } from "../../lib/http/rate-limit";
import { rejection } from "../../lib/testing/conformance/rejection";
import { cleanUp } from "../support/clean-up";
import { projectWithInstance } from "../support/project";
import { servedPlatform } from "../support/served";

afterEach(cleanUp);

test("who asks for too much is told how long to wait; others, and who needs no token, are served", async () => {
  const { ask, endpoint } = await servedPlatform({}, { rateLimit: { perSecond: 0.5, burst: 3 } });
  const statuses = [];
  for (let i = 0; i < 4; i++) statuses.push((await ask("/v1/projects")).status);
  expect(statuses).toEqual([200, 200, 200, 429]);
  const refused = await ask("/v1/projects", { method: "POST", body: `{"name":"x"}` });
  expect(refused.headers.get("retry-after")).toBe("2");
  expect(await refused.json()).toMatchObject({
    code: "too_many_requests",
    status: 429,
    details: { retryAfter: 2 },
  });
  expect((await ask("/metrics")).status).toBe(429);
  expect((await fetch(`${endpoint}/health`)).status).toBe(200);
  expect((await ask("/v1/projects", { headers: { authorization: "Bearer other" } })).status).toBe(401);
});

test("tokens of one project together get as much as four, and another project's are served", async () => {
  const served = await servedPlatform({}, { rateLimit: { perSecond: 0.1, burst: 2 } });
  const { projects, administration } = served.platform;
  const token = async (projectId: string) =>
    (await administration!.tokens.create({ name: "ci", role: "viewer", projectId, expiresAt: null })).token;
  const [ours, theirs] = [await projects.create({ name: "ours" }), await projects.create({ name: "theirs" })];
  const asked = async (bearer: string) => {
    const answer = await served.ask("/v1/projects", { headers: { authorization: `Bearer ${bearer}` } });
    return { status: answer.status, body: answer.ok ? {} : await answer.json() };
  };
  for (let i = 0; i < 4; i++) {
    const one = await token(ours.id);
    for (const status of [200, 200, 429]) expect((await asked(one)).status).toBe(status);
  }
  const fifth = await asked(await token(ours.id));
  expect(fifth.status).toBe(429);
  expect(fifth.body).toMatchObject({
    detail: expect.stringMatching(/^The project's tokens have been used for too many requests; try again in/),
  });
  expect((await asked(await token(theirs.id))).status).toBe(200);
});

test("a client waits as long as it is told, and its request passes; one that has to wait too often says so", async () => {
  const patient = await servedPlatform({}, { rateLimit: { perSecond: 1, burst: 1 } });
  const { projects } = patient.client();
  const began = performance.now();
  await projects.create({ name: "first" });
  await projects.create({ name: "second" });
  expect(performance.now() - began).toBeGreaterThan(900);
  const closed = await servedPlatform({}, { rateLimit: { perSecond: 0.5, burst: 0.5 } });
  const error = await rejection(closed.client().projects.list(), "too_many_requests");
  expect(error.message).toMatch(/^The token has been used for too many requests; try again in \d s\.$/);
});

test("an apply of 1,000 forwards, 50 at a time, never meets the limit that is there without configuration", async () => {
  const { ask, platform } = await servedPlatform();
  const { target } = await projectWithInstance(platform);
  let next = 10_000;
  const refused: number[] = [];
  await Promise.all(
    Array.from({ length: 50 }, async () => {
      while (next < 11_000) {
        const body = JSON.stringify({ ...target, internalPort: next++ });
        const { status } = await ask("/v1/port-forwards", { method: "POST", body });
        if (status !== 201) refused.push(status);
      }
    }),
  );
  expect(refused).toEqual([]);
}, 120_000);

test("in no span of time a caller gets more than a burst and what has come since", () => {
  const limit = { perSecond: 10, burst: 20 };
  const steps = fc.array(fc.record({ wait: fc.nat(500), caller: fc.constantFrom("a", "b") }), {
    maxLength: 300,
  });
  fc.assert(
    fc.property(steps, (asked) => {
      let now = 0;
      const limiter = new RateLimiter(limit, () => now);
      const passed: Record<string, number[]> = { a: [], b: [] };
      for (const { wait, caller } of asked) {
        now += wait;
        const seconds = limiter.take(caller);
        if (seconds === 0) passed[caller]!.push(now);
        // Never longer than one request takes to come.
        else expect(seconds).toBeLessThanOrEqual(1 / limit.perSecond);
      }
      for (const times of Object.values(passed)) {
        times.forEach((from, i) => {
          const upTo = times.slice(i).length;
          const span = (times.at(-1)! - from) / 1000;
          expect(upTo).toBeLessThanOrEqual(limit.burst + span * limit.perSecond + 1e-6);
        });
      }
    }),
  );
});

test("callers that ask no more are forgotten", () => {
  let now = 0;
  const limiter = new RateLimiter({ perSecond: 10, burst: 2 }, () => now);
  for (let i = 0; i < 100_000; i++) {
    now += 1;
    expect(limiter.take(`caller ${i}`)).toBe(0);
  }
  const { buckets } = limiter as unknown as { buckets: Map<string, unknown> };
  expect(buckets.size).toBeLessThanOrEqual(1_000);
});
