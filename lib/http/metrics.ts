import { forwardKey, listAll, type Platform, type PortForward, type Statistics } from "../contract";

/** Content type of the Prometheus text format. */
export const metricsType = "text/plain; version=0.0.4; charset=utf-8";

interface Metric {
  readonly name: string;
  readonly type: "counter" | "gauge";
  readonly help: string;
  /** Undefined where there is nothing to say of a forward. */
  readonly value: (statistics: Statistics) => number | undefined;
}

const metrics: readonly Metric[] = [
  {
    name: "fairlead_forward_connections_open",
    type: "gauge",
    help: "Connections that are open now.",
    value: ({ openConnections }) => openConnections,
  },
  {
    name: "fairlead_forward_connections_total",
    type: "counter",
    help: "Connections that were let in.",
    value: ({ totalConnections }) => totalConnections,
  },
  {
    name: "fairlead_forward_connections_refused_total",
    type: "counter",
    help: "Connections that were refused.",
    value: ({ refusedConnections }) => refusedConnections,
  },
  {
    name: "fairlead_forward_bytes_in_total",
    type: "counter",
    help: "Bytes from clients to the instance.",
    value: ({ bytesIn }) => bytesIn,
  },
  {
    name: "fairlead_forward_bytes_out_total",
    type: "counter",
    help: "Bytes from the instance to clients.",
    value: ({ bytesOut }) => bytesOut,
  },
  {
    name: "fairlead_forward_last_used_timestamp_seconds",
    type: "gauge",
    help: "When a connection was last let in or carried bytes; absent: never.",
    value: ({ lastUsedAt }) => (lastUsedAt === null ? undefined : Date.parse(lastUsedAt) / 1000),
  },
];

/** What a platform's forwards have carried, as Prometheus text; of a platform that does not count, only what it is. */
export async function metricsText(platform: Platform, signal: AbortSignal): Promise<string> {
  const info = await platform.info({ signal });
  const about = { version: info.version, contract_edition: String(info.contractEdition) };
  const head = [
    ...headOf(
      "fairlead_platform_info",
      "gauge",
      "The platform: its version and the edition of its contract.",
    ),
    `fairlead_platform_info${labelsText(about)} 1`,
  ];
  const body = info.capabilities.statistics ? await forwardLines(platform, signal) : [];
  return `${[...head, ...body].join("\n")}\n`;
}

async function forwardLines(platform: Platform, signal: AbortSignal): Promise<string[]> {
  const [projects, instances, forwards] = await Promise.all([
    listAll(platform.projects, {}, { signal }),
    listAll(platform.instances, {}, { signal }),
    listAll(platform.portForwards, {}, { signal }),
  ]);
  const nameOf = (entities: readonly { id: string; name: string }[]) =>
    new Map(entities.map(({ id, name }) => [id, name]));
  const [projectNames, instanceNames] = [nameOf(projects), nameOf(instances)];
  const labelled = forwards.map((forward): [PortForward, string] => {
    const { id, projectId, instanceId } = forward;
    const project = projectNames.get(projectId) ?? "";
    const instance = (instanceId && instanceNames.get(instanceId)) ?? "";
    return [forward, labelsText({ project, instance, forward: forwardKey(forward), id })];
  });
  return metrics.flatMap(({ name, type, help, value }) => [
    ...headOf(name, type, help),
    ...labelled.flatMap(([{ statistics }, labels]) => {
      const number = statistics ? value(statistics) : undefined;
      return number === undefined ? [] : [`${name}${labels} ${number}`];
    }),
  ]);
}

function headOf(name: string, type: Metric["type"], help: string): string[] {
  return [`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`];
}

function labelsText(labels: Readonly<Record<string, string>>): string {
  const escaped = (value: string) =>
    value.replaceAll("\\", "\\\\").replaceAll("\n", "\\n").replaceAll('"', '\\"');
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escaped(value)}"`);
  return `{${pairs.join(",")}}`;
}
