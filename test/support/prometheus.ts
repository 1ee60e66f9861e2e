/** A metric as Prometheus would read it. */
export interface ParsedFamily {
  readonly type: string;
  readonly help: string;
  readonly samples: readonly {
    readonly name: string;
    readonly labels: Map<string, string>;
    readonly value: number;
  }[];
}

const labelPattern = /([a-zA-Z_]\w*)="((?:[^"\\\n]|\\["\\n])*)"(?:,|$)/y;
const samplePattern = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)$/;

/**
 * Reads the Prometheus text format as strictly as `promtool check metrics` does: each metric once, its help and type
 * before its numbers, no number twice, units and endings as they are agreed on, histograms that add up.
 * @throws Error that names the line or metric
 */
export function parseMetrics(text: string): Map<string, ParsedFamily> {
  if (!text.endsWith("\n")) throw new Error("the text does not end with a line end");
  const families = new Map<
    string,
    { type: string; help: string; samples: ParsedFamily["samples"][number][] }
  >();
  const series = new Set<string>();
  let current = "";
  let pendingHelp: string | undefined;
  for (const line of text.slice(0, -1).split("\n")) {
    const help = /^# HELP ([a-zA-Z_:][\w:]*) (\S.*)$/.exec(line);
    const type = /^# TYPE ([a-zA-Z_:][\w:]*) (counter|gauge|histogram)$/.exec(line);
    if (help) {
      current = help[1]!;
      if (families.has(current)) throw new Error(`${current} comes twice`);
      pendingHelp = help[2]!;
    } else if (type) {
      if (type[1] !== current || pendingHelp === undefined) throw new Error(`no help before: ${line}`);
      families.set(current, { type: type[2]!, help: pendingHelp, samples: [] });
      pendingHelp = undefined;
    } else {
      const [, name = "", labelText = "", number = ""] = samplePattern.exec(line) ?? [];
      const family = families.get(current);
      const suffix = name.slice(current.length);
      const fits = family?.type === "histogram" ? /^_(bucket|sum|count)$/.test(suffix) : suffix === "";
      if (!family || !name.startsWith(current) || !fits) throw new Error(`not of ${current}: ${line}`);
      const value = number === "+Inf" ? Number.POSITIVE_INFINITY : Number(number);
      if (number === "" || Number.isNaN(value)) throw new Error(`no number: ${line}`);
      const labels = labelsOf(labelText, line);
      const key = `${name} ${JSON.stringify([...labels].sort())}`;
      if (series.has(key)) throw new Error(`twice: ${line}`);
      series.add(key);
      family.samples.push({ name, labels, value });
    }
  }
  for (const [name, family] of families) check(name, family);
  return families;
}

function labelsOf(text: string, line: string): Map<string, string> {
  const labels = new Map<string, string>();
  labelPattern.lastIndex = 0;
  while (labelPattern.lastIndex < text.length) {
    const match = labelPattern.exec(text);
    if (!match) throw new Error(`labels that cannot be read: ${line}`);
    if (labels.has(match[1]!)) throw new Error(`a label twice: ${line}`);
    labels.set(match[1]!, match[2]!);
  }
  return labels;
}

/** The rules of promtool's linter. */
function check(name: string, { type, help, samples }: ParsedFamily): void {
  const wrong = (what: string) => new Error(`${name}: ${what}`);
  if (help.length < 10) throw wrong("its help says nothing");
  if (/[A-Z]/.test(name) || /__|:/.test(name)) throw wrong("is not in snake_case");
  if ((type === "counter") !== name.endsWith("_total"))
    throw wrong("a counter, and only that, ends in _total");
  if (/_(gauge|counter|histogram|summary)(_|$)/.test(name)) throw wrong("has its type in its name");
  if (/(milliseconds|_ms|minutes|hours|kilobytes|megabytes|_kb|_mb|percent)(_|$)/.test(name))
    throw wrong("is in no base unit");
  if (type !== "histogram" && /_(bucket|count|sum)$/.test(name))
    throw wrong("ends as a histogram's part does");
  if (type !== "histogram" && samples.some(({ labels }) => labels.has("le"))) throw wrong("has a label le");
  if (name.endsWith("_info") && samples.some(({ value }) => value !== 1)) throw wrong("an info is 1");
  if (type === "counter" && samples.some(({ value }) => value < 0)) throw wrong("a counter is below 0");
  if (type === "histogram") checkHistogram(name, samples);
}

function checkHistogram(name: string, samples: ParsedFamily["samples"]): void {
  const groups = new Map<string, { buckets: [number, number][]; count?: number; sum?: number }>();
  for (const { name: part, labels, value } of samples) {
    const key = JSON.stringify([...labels].filter(([label]) => label !== "le").sort());
    const group = groups.get(key) ?? { buckets: [] };
    groups.set(key, group);
    if (part.endsWith("_bucket")) {
      const bound = labels.get("le");
      group.buckets.push([bound === "+Inf" ? Number.POSITIVE_INFINITY : Number(bound), value]);
    } else if (part.endsWith("_count")) group.count = value;
    else group.sum = value;
  }
  for (const [key, { buckets, count, sum }] of groups) {
    const wrong = (what: string) => new Error(`${name}${key}: ${what}`);
    if (count === undefined || sum === undefined) throw wrong("no count or no sum");
    if (buckets.at(-1)?.[0] !== Number.POSITIVE_INFINITY) throw wrong("the last bucket is not +Inf");
    if (buckets.at(-1)![1] !== count) throw wrong("the last bucket is not the count");
    buckets.forEach(([bound, value], i) => {
      const [before, less] = buckets[i - 1] ?? [Number.NEGATIVE_INFINITY, 0];
      if (!(bound > before) || value < less) throw wrong("buckets do not grow");
    });
  }
}
