import { contractEdition, forwardKey } from "../../lib/contract";
import { cleanUp, onCleanUp } from "../support/clean-up";
import { startTestPlatform } from "../support/embedded";
import { eventually } from "../support/processes";
import { projectWithInstance } from "../support/project";
import { parseMetrics } from "../support/prometheus";
import { servedPlatform } from "../support/served";
import { holdConnection, tcpExchange } from "../support/traffic";

afterEach(cleanUp);

test("metrics need the token like everything else", async () => {
  const { ask, endpoint } = await servedPlatform();
  expect((await fetch(`${endpoint}/metrics`)).status).toBe(401);
  expect((await ask("/metrics", { method: "POST" })).status).toBe(405);
  const response = await ask("/metrics");
  expect(response.status).toBe(200);
  expect(response.headers.get("content-type")).toBe("text/plain; version=0.0.4; charset=utf-8");
});

test("each forward tells what it carries, with whose and which it is", async () => {
  const { ask, platform } = await servedPlatform();
  const { target } = await projectWithInstance(platform, "ai-lab", "echo");
  const forward = await platform.portForwards.create({ ...target, internalPort: 7007 });
  const unused = await platform.portForwards.create({ ...target, internalPort: 9000, portCount: 3 });
  await tcpExchange(forward.socketAddress, "0123456789", 10);
  const held = await holdConnection(forward.socketAddress);
  const labels = `{project="ai-lab",instance="web",forward="${forwardKey(forward)}",id="${forward.id}"}`;
  const text = await eventually(async () => {
    const now = await (await ask("/metrics")).text();
    return now.includes(`fairlead_forward_bytes_out_total${labels} 22\n`) && now;
  });
  for (const line of [
    `fairlead_platform_info{version="0.0.0",contract_edition="${contractEdition}"} 1`,
    `fairlead_forward_connections_open${labels} 1`,
    `fairlead_forward_connections_total${labels} 2`,
    `fairlead_forward_connections_refused_total${labels} 0`,
    `fairlead_forward_bytes_in_total${labels} 22`,
  ])
    expect(text.split("\n")).toContain(line);
  const used = /^fairlead_forward_last_used_timestamp_seconds\{.*\} (\S+)$/m.exec(text);
  expect(Math.abs(Number(used![1]) - Date.now() / 1000)).toBeLessThan(30);
  expect(text).toContain(
    `fairlead_forward_connections_total{project="ai-lab",instance="web",forward="${forwardKey(unused)}"`,
  );
  expect(text.match(/^fairlead_forward_last_used/gm)).toHaveLength(1);
  held.end();
});

test("the text is what Prometheus reads: each metric once with help and type, names escaped", async () => {
  const { ask, platform } = await servedPlatform();
  const { instance, target } = await projectWithInstance(platform);
  await platform.portForwards.create({ ...target, internalPort: 8080 });
  await platform.portForwards.create({ ...target, internalPort: 8081 });
  await platform.instances.delete(instance.id);
  await Promise.all([
    ask("/v1/projects"),
    ask("/nowhere"),
    ask("/v1/projects/x"),
    ask("/v1/images", { method: "PUT" }),
  ]);
  const text = await (await ask("/metrics")).text();
  const families = parseMetrics(text);
  expect(families.size).toBeGreaterThan(15);
  // Detached by now.
  expect(text).toContain(`project="ai-lab",instance="",forward=`);
  expect(valuesOf(families, "fairlead_forwards", "status")).toMatchObject({ detached: 2, active: 0 });
  expect(valuesOf(families, "fairlead_instances", "status")).toEqual({
    ...{ building: 0, active: 0, stopped: 0, error: 0 },
  });
});

/** A metric's numbers, by one of its labels. */
const valuesOf = (families: ReturnType<typeof parseMetrics>, name: string, label: string) =>
  Object.fromEntries(families.get(name)!.samples.map(({ labels, value }) => [labels.get(label), value]));

test("requests are counted by route, so that no id makes a metric of its own, and with how long they took", async () => {
  const { ask, endpoint, platform } = await servedPlatform({}, { rateLimit: { perSecond: 0.001, burst: 8 } });
  const { id } = await platform.projects.create({ name: "ai-lab" });
  for (const path of [`/v1/projects/${id}`, "/v1/projects/x", "/v1/projects/y", "/v1/none", "/else"])
    await ask(path);
  await ask("/v1/projects", { method: "POST", body: "{}" });
  await fetch(`${endpoint}/v1/projects`);
  await ask("/v1/projects", { method: "PUT" });
  const families = parseMetrics(await (await ask("/metrics")).text());
  const counted = Object.fromEntries(
    families
      .get("fairlead_http_requests_total")!
      .samples.map(({ labels, value }) => [[...labels.values()].join(" "), value]),
  );
  expect(counted).toEqual({
    "GET /v1/projects/{id} 200": 1,
    "GET /v1/projects/{id} 404": 2,
    "GET none 404": 2,
    "POST /v1/projects 422": 1,
    "GET /v1/projects 401": 1,
    "PUT /v1/projects 405": 1,
  });
  const count = (name: string) => families.get(name)!.samples[0]!.value;
  expect(count("fairlead_http_requests_in_flight")).toBe(1);
  expect(count("fairlead_http_rate_limited_requests_total")).toBe(0);
  const durations = families.get("fairlead_http_request_duration_seconds")!.samples;
  const ofItem = durations.filter(({ labels }) => labels.get("route") === "/v1/projects/{id}");
  expect(ofItem.find(({ name }) => name.endsWith("_count"))!.value).toBe(3);
  expect(ofItem.find(({ name }) => name.endsWith("_sum"))!.value).toBeGreaterThan(0);
});

test("the process tells what it takes of its host, and the platform what its data takes", async () => {
  const running = await startTestPlatform();
  onCleanUp(running.stop);
  const { ask } = await servedPlatform({}, { metrics: running.metrics });
  const families = parseMetrics(await (await ask("/metrics")).text());
  const value = (name: string) => families.get(name)!.samples[0]!.value;
  expect(value("process_resident_memory_bytes")).toBeGreaterThan(10e6);
  expect(value("process_cpu_seconds_total")).toBeGreaterThan(0.01);
  expect(value("nodejs_eventloop_active_seconds_total")).toBeGreaterThan(0.001);
  expect(Math.abs(value("process_start_time_seconds") - Date.now() / 1000)).toBeLessThan(3_600);
  expect(value("process_open_fds")).toBeGreaterThan(5);
  expect(value("process_max_fds")).toBeGreaterThan(value("process_open_fds"));
  expect(families.get("fairlead_build_info")!.samples[0]!.labels).toEqual(
    new Map([
      ["version", "1.2.3"],
      ["node_version", process.versions.node],
    ]),
  );
  expect(value("fairlead_database_size_bytes")).toBeGreaterThan(4_096);
  expect(value("fairlead_data_free_bytes")).toBeGreaterThan(0);
});

test("a platform that does not count says how its forwards are, and nothing of what they carry", async () => {
  const { ask, platform } = await servedPlatform({ without: ["statistics"] });
  const { target } = await projectWithInstance(platform);
  await platform.portForwards.create({ ...target, internalPort: 8080 });
  const families = parseMetrics(await (await ask("/metrics")).text());
  expect([...families.keys()].filter((name) => name.startsWith("fairlead_forward_"))).toEqual([]);
  expect(valuesOf(families, "fairlead_forwards", "status")).toMatchObject({ active: 1 });
});
