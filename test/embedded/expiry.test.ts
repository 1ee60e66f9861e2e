import type { Platform } from "../../lib/contract";
import { Deadlines, hasPassed } from "../../lib/embedded/deadlines";
import { cleanUp } from "../support/clean-up";
import { successivePlatforms } from "../support/embedded";
import { eventually } from "../support/processes";
import { projectWithInstance } from "../support/project";
import { holdConnection, httpBody, tcpExchange } from "../support/traffic";

const inMs = (ms: number) => new Date(Date.now() + ms).toISOString();
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

afterEach(async () => {
  jest.restoreAllMocks();
  await cleanUp();
});

/** Sets the clock of this process by so many milliseconds. */
function setClock(byMs: number): void {
  jest.restoreAllMocks();
  const real = Date.now;
  jest.spyOn(Date, "now").mockImplementation(() => real.call(Date) + byMs);
}

async function echoForward(platform: Platform, more = {}) {
  const { target } = await projectWithInstance(platform, "ai-lab", "echo");
  return platform.portForwards.create({ ...target, internalPort: 7007, ...more });
}

test("a forward whose time was over while the platform was down stays closed, and its port is kept", async () => {
  const start = successivePlatforms();
  const first = await start();
  const forward = await echoForward(first.platform, { expiresAt: inMs(1_500) });
  expect(await tcpExchange(forward.socketAddress, "ahoy", 4)).toBe("ahoy");
  await first.close();
  await pause(Math.max(0, Date.parse(forward.expiresAt!) - Date.now()) + 50);

  const second = await start();
  const { portForwards } = second.platform;
  expect(await portForwards.get(forward.id)).toMatchObject({
    status: "expired",
    socketAddress: forward.socketAddress,
    revision: 1,
  });
  await expect(httpBody(forward.socketAddress)).rejects.toThrow(/ECONNREFUSED/);
  expect(await portForwards.update(forward.id, { expiresAt: inMs(60_000) })).toMatchObject({
    status: "active",
  });
  expect(await tcpExchange(forward.socketAddress, "ahoy", 4)).toBe("ahoy");
});

test("a forward that still had time when the platform stopped closes under the next one", async () => {
  const start = successivePlatforms();
  const first = await start();
  const forward = await echoForward(first.platform, { expiresAt: inMs(4_000) });
  await first.close();
  await start();
  const held = await holdConnection(forward.socketAddress);
  expect(await held.cut).toBeGreaterThanOrEqual(Date.parse(forward.expiresAt!) - 50);
  await expect(httpBody(forward.socketAddress)).rejects.toThrow(/ECONNREFUSED/);
});

test("a clock that is set ahead closes a forward within a second or so, and one that is set back opens it", async () => {
  const running = await successivePlatforms()();
  const { portForwards } = running.platform;
  const forward = await echoForward(running.platform, { expiresAt: inMs(3_600_000) });
  const held = await holdConnection(forward.socketAddress);
  const began = performance.now();
  setClock(2 * 3_600_000);
  await held.cut;
  expect(performance.now() - began).toBeLessThan(2_500);
  expect((await portForwards.get(forward.id)).status).toBe("expired");
  await expect(httpBody(forward.socketAddress)).rejects.toThrow(/ECONNREFUSED/);
  setClock(0);
  expect((await portForwards.get(forward.id)).status).toBe("active");
  await eventually(() => tcpExchange(forward.socketAddress, "ahoy", 4).catch(() => false as const), 3_000);
});

test("many deadlines come one by one, each in time", async () => {
  const begins = Date.now();
  const turned = new Map<string, number>();
  const deadlines = new Deadlines((id) => turned.set(id, Date.now()));
  const times = Array.from({ length: 200 }, (_, i) => begins + 100 + ((i * 37) % 200) * 5);
  for (const [i, time] of times.entries()) deadlines.watch(`f${i}`, new Date(time).toISOString());
  deadlines.watch("never", null);
  deadlines.watch("over", "2001-01-01T00:00:00Z");
  await eventually(() => turned.size === times.length, 5_000);
  deadlines.stop();
  for (const [i, time] of times.entries()) {
    expect(turned.get(`f${i}`)).toBeGreaterThanOrEqual(time);
    expect(turned.get(`f${i}`)).toBeLessThan(time + 500);
  }
});

test("a deadline that cannot be read has passed", () => {
  expect(hasPassed(null)).toBe(false);
  expect(hasPassed("soon")).toBe(true);
  expect(hasPassed("2099-12-31T18:00:00+09:00")).toBe(false);
  expect(hasPassed("2026-01-31T12:00:00Z", Date.parse("2026-01-31T12:00:00Z"))).toBe(true);
  expect(hasPassed("2026-01-31T12:00:00+01:00", Date.parse("2026-01-31T11:00:00.001Z"))).toBe(true);
});
