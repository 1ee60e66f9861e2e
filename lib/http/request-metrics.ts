import type { MetricFamily, MetricSample } from "./exposition";

/** Upper ends of the histogram's buckets, in seconds: few, since each route and method has all of them. */
const bounds = [0.005, 0.025, 0.1, 0.5, 2.5, 10] as const;

/** How long the requests of a method and route took. */
interface Durations {
  readonly labels: Readonly<Record<string, string>>;
  /** Requests within each bound and above the one before it. */
  readonly counts: number[];
  count: number;
  sum: number;
}

/** Counts the requests of an API: how many, how they ended, and how long they took. */
export class RequestMetrics {
  private inFlight = 0;
  private rateLimited = 0;
  private readonly requests = new Map<string, { labels: MetricSample["labels"]; value: number }>();
  private readonly durations = new Map<string, Durations>();

  began(): void {
    this.inFlight++;
  }

  /** @param route as a template: with the id of each thing there would be no end of them */
  ended(method: string, route: string, status: number, seconds: number): void {
    this.inFlight--;
    if (status === 429) this.rateLimited++;
    const request = entry(this.requests, `${method} ${route} ${status}`, () => ({
      labels: { method, route, status: String(status) },
      value: 0,
    }));
    request.value++;
    const durations = entry(this.durations, `${method} ${route}`, () => ({
      labels: { method, route },
      counts: bounds.map(() => 0),
      count: 0,
      sum: 0,
    }));
    const bucket = bounds.findIndex((bound) => seconds <= bound);
    if (bucket >= 0) durations.counts[bucket]!++;
    durations.count++;
    durations.sum += seconds;
  }

  families(): MetricFamily[] {
    return [
      {
        name: "fairlead_http_requests_total",
        type: "counter",
        help: "Requests that were answered, by method, route and HTTP status.",
        samples: [...this.requests.values()],
      },
      {
        name: "fairlead_http_request_duration_seconds",
        type: "histogram",
        help: "Time from a request's head to its answer, by method and route.",
        samples: [...this.durations.values()].flatMap(histogram),
      },
      {
        name: "fairlead_http_requests_in_flight",
        type: "gauge",
        help: "Requests that are being answered now, this one among them.",
        samples: [{ value: this.inFlight }],
      },
      {
        name: "fairlead_http_rate_limited_requests_total",
        type: "counter",
        help: "Requests that were refused because their token had asked for too much.",
        samples: [{ value: this.rateLimited }],
      },
    ];
  }
}

/** Prometheus counts in each bucket what is in those below it, too. */
function histogram({ labels, counts, count, sum }: Durations): MetricSample[] {
  let below = 0;
  const buckets = bounds.map((bound, i): MetricSample => {
    below += counts[i]!;
    return { suffix: "_bucket", labels: { ...labels, le: String(bound) }, value: below };
  });
  return [
    ...buckets,
    { suffix: "_bucket", labels: { ...labels, le: "+Inf" }, value: count },
    { suffix: "_sum", labels, value: sum },
    { suffix: "_count", labels, value: count },
  ];
}

function entry<V>(map: Map<string, V>, key: string, make: () => V): V {
  const known = map.get(key);
  if (known) return known;
  const made = make();
  map.set(key, made);
  return made;
}
