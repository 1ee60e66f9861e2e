import { contractEdition, forwardKey } from "../../lib/contract";
import { cleanUp } from "../support/clean-up";
import { eventually } from "../support/processes";
import { projectWithInstance } from "../support/project";
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
  const lines = (await (await ask("/metrics")).text()).trimEnd().split("\n");
  const families = lines.filter((line) => line.startsWith("# TYPE")).map((line) => line.split(" ")[2]);
  expect(new Set(families).size).toBe(families.length);
  for (const line of lines) {
    expect(line).toMatch(
      /^(# (HELP|TYPE) fairlead_\w+ .+|fairlead_\w+\{(\w+="([^"\\\n]|\\["\\n])*",?)+\} [\d.e+]+)$/,
    );
  }
  // Detached by now.
  expect(lines.filter((line) => line.includes(`project="ai-lab",instance="",forward=`))).not.toEqual([]);
});

test("a platform that does not count says only what it is", async () => {
  const { ask, platform } = await servedPlatform({ without: ["statistics"] });
  const { target } = await projectWithInstance(platform);
  await platform.portForwards.create({ ...target, internalPort: 8080 });
  const lines = (await (await ask("/metrics")).text()).trimEnd().split("\n");
  expect(lines).toHaveLength(3);
  expect(lines[2]).toMatch(/^fairlead_platform_info\{/);
});
