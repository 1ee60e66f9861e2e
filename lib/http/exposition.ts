/** A metric with all that is known of it now. */
export interface MetricFamily {
  /** As Prometheus writes names: a base unit at the end, and `_total` of what only grows. */
  readonly name: string;
  readonly type: "counter" | "gauge" | "histogram";
  /** What it is, in a sentence. */
  readonly help: string;
  readonly samples: readonly Sample[];
}

/** One number of a metric. */
export interface Sample {
  readonly labels?: Readonly<Record<string, string>>;
  readonly value: number;
  /** Of a histogram's parts: `_bucket`, `_sum`, `_count`. */
  readonly suffix?: string;
}

/** Content type of the Prometheus text format. */
export const metricsType = "text/plain; version=0.0.4; charset=utf-8";

/** Metrics in the Prometheus text format. */
export function expositionText(families: readonly MetricFamily[]): string {
  const lines = families.flatMap(({ name, type, help, samples }) => [
    `# HELP ${name} ${help}`,
    `# TYPE ${name} ${type}`,
    ...samples.map(({ suffix = "", labels, value }) => `${name}${suffix}${labelsText(labels)} ${value}`),
  ]);
  return `${lines.join("\n")}\n`;
}

function labelsText(labels: Readonly<Record<string, string>> = {}): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escaped(value)}"`);
  return pairs.length === 0 ? "" : `{${pairs.join(",")}}`;
}

const escaped = (value: string): string =>
  value.replaceAll("\\", "\\\\").replaceAll("\n", "\\n").replaceAll('"', '\\"');
