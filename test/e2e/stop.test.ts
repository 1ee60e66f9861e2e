import { connect } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { randomFrom } from "../soak/kills";
import { soakPlatformKills } from "../soak/platform-kills";
import { cleanUp, onCleanUp } from "../support/clean-up";
import { startPlatformProcess } from "../support/platform-process";
import { alive, eventually, processesAbout } from "../support/processes";

// SIGTERM is what every update and reboot sends: nothing is lost, and nobody waits for long.

jest.setTimeout(300_000);
afterEach(cleanUp);

test("SIGTERM at 5 random moments under load: exit code 0 in time, what was acknowledged is there, nothing is half made", async () => {
  const seed = Date.now() % 2 ** 31;
  const lines: string[] = [];
  const report = await soakPlatformKills({
    ...{ kills: 5, signal: "SIGTERM", clients: 20, random: randomFrom(seed) },
    say: (line) => lines.push(line),
  }).catch((error: Error) => {
    throw new Error(`seed ${seed}\n${lines.join("\n")}\n${error.message}`);
  });
  process.stdout.write(`SIGTERM under load (seed ${seed}): ${JSON.stringify(report)}\n`);
  expect(report.acknowledged).toBeGreaterThan(50);
});

/** An image whose instances start, and never listen where they are waited for. */
const late = { command: ["sleep", "86400"], ready: { tcp: 9 } };

/** A platform, a project, and a create in it that waits for its instance. */
async function waiting() {
  const platform = await startPlatformProcess({ config: { images: { late } } });
  const project = await platform.api.projects.create({ name: "ai-lab" });
  const answer = fetch(`${platform.endpoint}/v1/instances`, {
    method: "POST",
    headers: { authorization: `Bearer ${platform.token}` },
    body: JSON.stringify({ projectId: project.id, name: "late", image: "late", flavor: "small" }),
  });
  answer.catch(() => undefined);
  await eventually(() =>
    processesAbout(platform.dataDir).some(({ commandLine }) => commandLine === "sleep 86400"),
  );
  return { ...platform, answer };
}

test("a request under way is answered; half a request is not waited for", async () => {
  const { answer, endpoint, pid, launched } = await waiting();
  const half = connect(Number(new URL(endpoint).port), "127.0.0.1", () =>
    half.write("POST /v1/projects HTTP/1.1\r\nho"),
  );
  half.on("error", () => {});
  onCleanUp(() => void half.destroy());
  await pause(200);
  const began = performance.now();
  process.kill(pid, "SIGTERM");
  const response = await answer;
  expect(await response.json()).toMatchObject({ code: "unreachable", detail: "The platform is stopping." });
  const { code, stderr } = await launched.exit;
  expect(code).toBe(0);
  expect(performance.now() - began).toBeLessThan(8_000);
  expect(stderr).toContain('"message":"SIGTERM: stopping"');
});

test("a second SIGTERM ends it at once; the next start ends what was left", async () => {
  const stubborn = { command: ["sh", "-c", "trap '' TERM; while :; do sleep 1; done"] };
  const platform = await startPlatformProcess({ config: { images: { stubborn } } });
  const project = await platform.api.projects.create({ name: "ai-lab" });
  await platform.api.instances.create({
    projectId: project.id,
    name: "x",
    image: "stubborn",
    flavor: "small",
  });
  const [machine] = processesAbout(platform.dataDir).filter(({ commandLine }) =>
    commandLine.includes("trap"),
  );
  process.kill(platform.pid, "SIGTERM");
  await eventually(() => platform.launched.output().includes("SIGTERM: stopping"));
  const began = performance.now();
  process.kill(platform.pid, "SIGTERM");
  const { code, stderr } = await platform.launched.exit;
  expect(code).toBe(143);
  expect(performance.now() - began).toBeLessThan(1_000);
  expect(stderr).toMatch(/"level":"warn","message":"SIGTERM again: ending at once/);
  expect(alive(machine!.pid)).toBe(true);
  const { dataDir, externalIp } = platform;
  const next = await startPlatformProcess({ dataDir, externalIp, config: { images: { stubborn } } });
  expect(alive(machine!.pid)).toBe(false);
  expect((await next.api.instances.list()).items).toMatchObject([{ name: "x", status: "active" }]);
});
