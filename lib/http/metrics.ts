import {
  type CallOptions,
  forwardKey,
  Instance,
  listAll,
  type Platform,
  type PlatformInfo,
  PortForward,
  type Statistics,
} from "../contract";
import type { MetricFamily, MetricSample } from "./exposition";

interface ForwardMetric extends Pick<MetricFamily, "name" | "type" | "help"> {
  /** Undefined where there is nothing to say of a forward. */
  readonly value: (statistics: Statistics) => number | undefined;
}

const forwardMetrics: readonly ForwardMetric[] = [
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

/** What a platform is, how its instances and forwards are, and what its forwards carry, if it counts that. */
export async function platformMetrics(platform: Platform, options: CallOptions): Promise<MetricFamily[]> {
  const [info, projects, instances, forwards] = await Promise.all([
    platform.info(options),
    listAll(platform.projects, {}, options),
    listAll(platform.instances, {}, options),
    listAll(platform.portForwards, {}, options),
  ]);
  return [
    about(info),
    byStatus("fairlead_instances", "Instances, by their status.", Instance.shape.status.options, instances),
    byStatus("fairlead_forwards", "Forwards, by their status.", PortForward.shape.status.options, forwards),
    ...(info.capabilities.statistics ? carried(forwards, nameOf(projects), nameOf(instances)) : []),
  ];
}

const about = ({ version, contractEdition }: PlatformInfo): MetricFamily => ({
  name: "fairlead_platform_info",
  type: "gauge",
  help: "The platform: its version and the edition of its contract.",
  samples: [{ labels: { version, contract_edition: String(contractEdition) }, value: 1 }],
});

/** How many there are of each status, also of those that none has: an alert needs a number. */
function byStatus(
  name: string,
  help: string,
  statuses: readonly string[],
  entities: readonly { readonly status: string }[],
): MetricFamily {
  const counts = new Map(statuses.map((status) => [status, 0]));
  for (const { status } of entities) counts.set(status, (counts.get(status) ?? 0) + 1);
  const samples = [...counts].map(([status, value]): MetricSample => ({ labels: { status }, value }));
  return { name, type: "gauge", help, samples };
}

function carried(
  forwards: readonly PortForward[],
  projectNames: ReadonlyMap<string, string>,
  instanceNames: ReadonlyMap<string, string>,
): MetricFamily[] {
  const labelled = forwards.map((forward) => {
    const { id, projectId, instanceId, statistics } = forward;
    const project = projectNames.get(projectId) ?? "";
    const instance = (instanceId && instanceNames.get(instanceId)) ?? "";
    return { statistics, labels: { project, instance, forward: forwardKey(forward), id } };
  });
  return forwardMetrics.map(({ value: read, ...family }) => ({
    ...family,
    samples: labelled.flatMap(({ statistics, labels }): MetricSample[] => {
      const value = statistics ? read(statistics) : undefined;
      return value === undefined ? [] : [{ labels, value }];
    }),
  }));
}

const nameOf = (entities: readonly { id: string; name: string }[]): ReadonlyMap<string, string> =>
  new Map(entities.map(({ id, name }) => [id, name]));
