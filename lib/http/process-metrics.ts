import { readdirSync, readFileSync } from "node:fs";
import { performance } from "node:perf_hooks";
import type { MetricFamily } from "./exposition";

/** What the server's process takes of its host, by the names that Prometheus' own libraries give it. */
export function processMetrics(version: string): MetricFamily[] {
  const { user, system } = process.cpuUsage();
  const gauge = (name: string, help: string, value: number | undefined): MetricFamily[] =>
    value === undefined ? [] : [{ name, type: "gauge", help, samples: [{ value }] }];
  const counter = (name: string, help: string, value: number): MetricFamily => ({
    ...{ name, type: "counter", help, samples: [{ value }] },
  });
  return [
    {
      name: "fairlead_build_info",
      type: "gauge",
      help: "The program: its version and that of the Node.js that runs it.",
      samples: [{ labels: { version, node_version: process.versions.node }, value: 1 }],
    },
    counter("process_cpu_seconds_total", "Seconds of processor time that were used.", (user + system) / 1e6),
    counter(
      "nodejs_eventloop_active_seconds_total",
      "Seconds in which the one thread of the API and of the gateway was busy; its rate is near 1 when it is overloaded.",
      performance.eventLoopUtilization().active / 1e3,
    ),
    ...gauge("process_resident_memory_bytes", "Memory that is in use.", process.memoryUsage.rss()),
    ...gauge("process_start_time_seconds", "When the process was started.", performance.timeOrigin / 1e3),
    ...gauge("process_open_fds", "Files and connections that are open.", openFiles()),
    ...gauge("process_max_fds", "Files and connections that may be open.", mostOpenFiles()),
  ];
}

/** Undefined where there is no /proc. */
function openFiles(): number | undefined {
  try {
    // One of them is the folder that is being read.
    return readdirSync("/proc/self/fd").length - 1;
  } catch {
    return undefined;
  }
}

function mostOpenFiles(): number | undefined {
  try {
    const limit = /^Max open files +(\d+)/m.exec(readFileSync("/proc/self/limits", "utf8"))?.[1];
    return limit === undefined ? undefined : Number(limit);
  } catch {
    return undefined;
  }
}
