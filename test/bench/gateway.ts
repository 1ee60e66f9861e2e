/**
 * The gateway beside its peers, in one run on this machine: direct loopback, a plain Node `pipe`, HAProxy, nginx stream
 * and socat carry the same load, and every figure is also given as a ratio to direct loopback.
 * Peers whose binary is missing are skipped with a line.
 */
import { spawnSync } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { answer, type Contender, contenders, prepare, start, stopAll } from "./gateway/contenders";
import { type Load, loads, type Ports } from "./gateway/load";
import { measurePlatform } from "./gateway/platform";
import { atLeast, atMost, median, type Row } from "./measure";

const rounds = 5;
const manyRoutes = 10_000;

/** Units per second of one contender and load, one sample a round. */
type Samples = Map<string, Record<Load, number[]>>;

/** What one run found: units per second and ratios to direct loopback, by contender and load. */
interface Result {
  readonly rates: Record<string, Partial<Record<Load, number>>>;
  readonly ratios: Record<string, Partial<Record<Load, number>>>;
  /** Peers that were left out because their binary is missing. */
  readonly skipped: readonly string[];
  /** Megabytes resident in a gateway process with 10,000 open TCP routes, and the same with none. */
  readonly residentMB: { readonly open: number; readonly empty: number };
  /** Milliseconds that a TCP route of 1,000 ports takes to open. */
  readonly rangeMs: number;
}

async function measure(ready: ReadonlyMap<Contender, Ports>, selected: readonly Load[]): Promise<Samples> {
  const client = start("client");
  const samples: Samples = new Map();
  // Rounds are interleaved, so that a busy moment of the machine meets every contender.
  for (let round = 0; round < rounds; round++)
    for (const load of selected)
      for (const [contender, ports] of ready) {
        if (!contender.loads.includes(load)) continue;
        client.send({ load, port: ports[load] });
        const { rate, error } = await answer<{ rate?: number; error?: string }>(client);
        if (error !== undefined) console.error(`${contender.name}, ${load}: ${error}`);
        const own = samples.get(contender.name) ?? { download: [], upload: [], connections: [], packets: [] };
        own[load].push(rate ?? Number.NaN);
        samples.set(contender.name, own);
        await sleep(100);
      }
  return samples;
}

/**
 * Measures and returns medians of five interleaved rounds; about three minutes for all loads. Ends every process
 * it started.
 * Throws when a peer that is installed does not start.
 */
async function compare(selected: readonly Load[] = loads): Promise<Result> {
  prepare();
  try {
    const present = (binary?: string) => binary === undefined || spawnSync("which", [binary]).status === 0;
    const skipped = contenders.filter(({ binary }) => !present(binary)).map(({ name }) => name);
    const instance = await answer<Ports>(start("instance"));
    const ready = new Map<Contender, Ports>();
    for (const contender of contenders)
      if (!skipped.includes(contender.name)) ready.set(contender, await contender.start(instance));
    const samples = await measure(ready, selected);
    const many = start("gateway");
    many.send({ many: manyRoutes });
    const memory = await answer<{ open: number; empty: number; rangeMs: number }>(many);
    const rates: Result["rates"] = {};
    const ratios: Result["ratios"] = {};
    for (const [name, own] of samples) {
      const measured = loads.filter((load) => own[load].length > 0);
      const rate = (of: string, load: Load) => median(samples.get(of)?.[load] ?? []);
      rates[name] = Object.fromEntries(measured.map((load) => [load, rate(name, load)]));
      ratios[name] = Object.fromEntries(
        measured.map((load) => [load, rate(name, load) / rate("direct", load)]),
      );
    }
    const residentMB = { open: memory.open / 1e6, empty: memory.empty / 1e6 };
    return { rates, ratios, skipped, residentMB, rangeMs: memory.rangeMs };
  } finally {
    await stopAll();
  }
}

function print({ rates, ratios, skipped, residentMB, rangeMs }: Result): void {
  const cell = (text: string) => text.padStart(20);
  const unit: Record<Load, [string, number]> = {
    download: ["download MB/s", 1e6],
    upload: ["upload MB/s", 1e6],
    connections: ["connections/s", 1],
    packets: ["UDP packets/s", 1],
  };
  const measured = loads.filter((load) => rates.direct?.[load] !== undefined);
  console.log("".padEnd(16) + measured.map((load) => cell(unit[load][0])).join(""));
  for (const name of Object.keys(rates)) {
    const cells = measured.map((load) => {
      const [rate, ratio] = [rates[name]?.[load], ratios[name]?.[load]];
      return cell(
        rate === undefined ? "-" : `${(rate / unit[load][1]).toFixed(0)} (${(ratio ?? 0).toFixed(2)})`,
      );
    });
    console.log(name.padEnd(16) + cells.join(""));
  }
  const [open, empty] = [residentMB.open.toFixed(0), residentMB.empty.toFixed(0)];
  console.log(`${manyRoutes} open TCP forwards: ${open} MB resident (${empty} MB with none)`);
  console.log(`a route of 1,000 TCP ports opens in ${rangeMs.toFixed(0)} ms`);
  for (const name of skipped) console.log(`skipped: ${name} is not installed`);
}

/** Prints every figure and returns those that have a budget. */
export async function run(): Promise<Row[]> {
  const result = await compare();
  print(result);
  const platform = await measurePlatform(manyRoutes);
  const { rates, residentMB, rangeMs } = result;
  const beside = (peer: string, load: Load, ours = "gateway") => {
    const [own, other] = [rates[ours]?.[load], rates[peer]?.[load]];
    return own === undefined || other === undefined ? undefined : own / other;
  };
  const row = (what: string, ratio: number | undefined, limit: number): Row[] =>
    ratio === undefined ? [] : [atLeast(what, ratio, limit)];
  return [
    ...row("one TCP stream down / HAProxy", beside("haproxy", "download"), 1),
    ...row("one TCP stream up / HAProxy", beside("haproxy", "upload"), 1),
    ...row("new connections / HAProxy", beside("haproxy", "connections"), 0.5),
    ...row("UDP packets / nginx stream", beside("nginx", "packets"), 1),
    ...row(
      "the same without koffi / bare sockets of Node",
      beside("node dgram", "packets", "gateway by Node"),
      0.9,
    ),
    atMost(`${manyRoutes} open forwards`, residentMB.open, 300, " MB"),
    atMost("a forward of 1,000 ports opens", rangeMs, 500, " ms"),
    atMost(`a platform of ${manyRoutes} forwards, resident`, platform.residentMB, 300, " MB"),
    atMost("it starts, with all of them open, in", platform.startMs / 1_000, 5, " s"),
    atMost("to add one beside them / beside ten", platform.addMs.many / platform.addMs.few, 1.5),
  ];
}
