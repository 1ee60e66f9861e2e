import type { Cost } from "./cost";
import { median, type Row } from "./measure";

/** What a command cost, as rows: the medians of its rounds. */
export function costRows(what: string, costs: readonly Cost[]): Row[] {
  const figure = (name: string, of: (cost: Cost) => number, unit: string, digits: number): Row => ({
    what: `${what}, ${name}`,
    value: `${median(costs.map(of)).toFixed(digits)} ${unit}`,
  });
  const rows = [
    figure("wall", (cost) => cost.wallSeconds, "s", 2),
    figure("CPU of core", (cost) => cost.coreSeconds, "s", 2),
    figure("memory of core", (cost) => cost.coreMegabytes, "MB", 0),
  ];
  if (!costs.some((cost) => cost.providerSeconds > 0)) return rows;
  rows.splice(
    2,
    0,
    figure("CPU of provider", (cost) => cost.providerSeconds, "s", 2),
  );
  return [...rows, figure("memory of provider", (cost) => cost.providerMegabytes, "MB", 0)];
}
