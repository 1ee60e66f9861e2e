import { execFileSync, spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { StartConfig } from "../lib/cli/platform/config";
import { problemsOf } from "../lib/contract";
import { cleanUp, freshFolder, onCleanUp } from "./support/clean-up";
import { startTestPlatform } from "./support/embedded";
import { projectWithInstance } from "./support/project";
import { parseMetrics } from "./support/prometheus";
import { servedPlatform } from "./support/served";
import { tcpExchange } from "./support/traffic";

// What docs/operating.md says is what the platform does.

afterEach(cleanUp);

const page = readFileSync(join(__dirname, "../docs/operating.md"), "utf8");
const blocks = (language: string) =>
  [...page.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\`$`, "gm"))].map((match) => match[1]!);
const metricName = /\b(?:fairlead|process|nodejs)_[a-z_]+/g;

test("every metric is explained, and every metric that is named exists, also those of alerts", async () => {
  const running = await startTestPlatform();
  onCleanUp(running.stop);
  const { ask, platform } = await servedPlatform({}, { metrics: running.metrics });
  const { target } = await projectWithInstance(platform, "ai-lab", "echo");
  const forward = await platform.portForwards.create({ ...target, internalPort: 7007 });
  await tcpExchange(forward.socketAddress, "0123456789", 10);
  const families = parseMetrics(await (await ask("/metrics")).text());
  const table = [...page.matchAll(/^\| (`[a-z_]+`(?:, `[a-z_]+`)*) \| /gm)].flatMap(
    ([, names]) => names!.match(metricName) ?? [],
  );
  expect(table.sort()).toEqual([...families.keys()].sort());
  const used = blocks("yaml").flatMap((text) => text.match(metricName) ?? []);
  expect(used.length).toBeGreaterThan(4);
  expect(used.filter((name) => !families.has(name))).toEqual([]);
});

test("the configuration is one that the platform takes, and the other YAML can be read", () => {
  const [config, ...others] = blocks("yaml").map((text) => parse(text) as object);
  expect(problemsOf(StartConfig, config)).toEqual([]);
  expect(Object.keys(config!).length).toBeGreaterThan(8);
  expect(others.map((value) => Object.keys(value))).toEqual([["scrape_configs"], ["groups"]]);
});

const hasSystemd = spawnSync("systemd-analyze", ["--version"]).status === 0;
(hasSystemd ? test : test.skip)("the unit is one that systemd accepts", () => {
  const unit = join(freshFolder(), "fairlead.service");
  const [text] = blocks("ini");
  writeFileSync(unit, text!);
  const { status, stdout, stderr } = spawnSync("systemd-analyze", ["verify", unit], { encoding: "utf8" });
  expect({
    status,
    about: (stdout + stderr).split("\n").filter((line) => line.includes("fairlead")),
  }).toEqual({
    ...{ status: 0, about: [] },
  });
});

test("every command and flag that it names is there", () => {
  const command = join(__dirname, "../dist/cli/fairlead.js");
  const named = [...page.matchAll(/`fairlead ((?:platform|token|forward) [a-z]+|audit)[^`\n]*`/g)];
  const verbs = new Set(named.map((match) => match[1]!));
  expect(verbs.size).toBeGreaterThan(7);
  for (const verb of verbs) {
    const help = execFileSync(process.execPath, [command, ...verb.split(" "), "--help"], {
      encoding: "utf8",
    });
    expect(help).toContain(`Usage: fairlead ${verb}`);
    const flags = named
      .filter((match) => match[1] === verb)
      .flatMap(([text]) => text.match(/--[a-z-]+/g) ?? []);
    for (const flag of flags) expect(help).toContain(flag);
  }
});
