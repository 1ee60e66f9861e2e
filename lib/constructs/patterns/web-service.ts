import { Construct } from "constructs";
import type { IInstance } from "../instance-base";
import { Port } from "../port";
import type { PortForward, PortForwardOptions } from "../port-forward";
import type { ReachabilityOptions } from "../reachability";

/** Where a web service listens, and who may use it. */
export interface WebServiceProps extends Pick<PortForwardOptions, "allowedCidrs" | "expiresAt"> {
  /** The instance that serves. */
  readonly instance: IInstance;
  /**
   * Where it listens for HTTP.
   * @default Port.HTTP
   */
  readonly httpPort?: Port;
  /**
   * Where it listens for HTTPS.
   * @default Port.HTTPS
   */
  readonly httpsPort?: Port;
  /**
   * Path that answers when the service is well, with its slash.
   * @default "/"
   */
  readonly healthPath?: string;
}

/**
 * HTTP and HTTPS to an instance.
 *
 * @example
 * const site = new WebService(this, "Site", { instance: web, httpPort: Port.tcp(8080), healthPath: "/health" });
 * new TerraformOutput(this, "site", { value: site.url });
 */
export class WebService extends Construct {
  /** The forward to plain HTTP. */
  readonly http: PortForward;
  /** The forward to HTTPS. */
  readonly https: PortForward;
  private readonly healthPath: string;

  constructor(scope: Construct, id: string, props: WebServiceProps) {
    super(scope, id);
    const { instance, httpPort = Port.HTTP, httpsPort = Port.HTTPS, allowedCidrs, expiresAt } = props;
    this.healthPath = props.healthPath ?? "/";
    this.http = instance.forward(httpPort, { description: "web service", allowedCidrs, expiresAt });
    this.https = instance.forward(httpsPort, { description: "web service (TLS)", allowedCidrs, expiresAt });
  }

  /** Where browsers find it. */
  get url(): string {
    return this.https.url("https");
  }

  /** What a monitor asks. */
  get healthUrl(): string {
    return this.http.url("http", this.healthPath);
  }

  /**
   * After each apply that makes the service or leads it elsewhere, its health path has to answer: with 200 by HTTPS, by
   * HTTP with any status that is no error of the server, since that may send clients to HTTPS.
   */
  verifyReachable(options: Omit<ReachabilityOptions, "expect"> = {}): void {
    this.http.verifyReachable({ ...options, expect: `http${this.healthPath}` });
    this.https.verifyReachable({ ...options, expect: `https:200${this.healthPath}` });
  }
}
