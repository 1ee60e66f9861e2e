/** A metric with all that is known of it now. */
export interface MetricFamily {
  /** As Prometheus writes names: a base unit at the end, and `_total` of what only grows. */
  readonly name: string;
  /** A counter only grows, a gauge goes up and down, a histogram tells how many values were how large. */
  readonly type: "counter" | "gauge" | "histogram";
  /** What it is, in a sentence. */
  readonly help: string;
  /** Its numbers, each with other labels. */
  readonly samples: readonly MetricSample[];
}

/** One number of a metric. */
export interface MetricSample {
  /** What tells it from the metric's others. @default none */
  readonly labels?: Readonly<Record<string, string>>;
  /** The number now. */
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
