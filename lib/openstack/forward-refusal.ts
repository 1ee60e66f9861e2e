import { PlatformError } from "../contract";
import { CloudError } from "./cloud";

/**
 * Why Neutron refuses a forward, which it tells by its message alone. The texts are those of Neutron since Rocky: of
 * the check before, and of the database behind it, which is what one of several at the same time meets.
 */
export type Refusal = "external" | "internal" | "port-gone" | "address-gone" | "other-router";

/** What a refusal means; undefined for anything else. */
export function refusalOf(error: unknown): Refusal | undefined {
  if (!(error instanceof CloudError) || error.service !== "network") return undefined;
  const { status, message, type } = error;
  if (status === 404) return type === "FloatingIPNotFound" ? "address-gone" : "port-gone";
  if (status !== 400 && status !== 409) return undefined;
  if (/port collision with the external_port/.test(message)) return "external";
  if (/port collision with the internal_port/.test(message)) return "internal";
  if (/had been set on router/.test(message)) return "other-router";
  if (!/already exists|already been set|had been set/.test(message)) return undefined;
  return /'?external_port/.test(message) ? "external" : "internal";
}

/** The refusals that name something else than a port, in words that say what to do. */
export function explainRefusal(error: unknown, instanceId: string): unknown {
  if (!(error instanceof CloudError)) return error;
  const context = {
    field: "/instanceId",
    cause: error,
    ...(error.requestId === undefined ? {} : { requestId: error.requestId }),
  };
  if (error.type === "PortHasBindingFloatingIP") {
    return new PlatformError(
      "cloud_refused",
      `The instance ${instanceId} has a floating IP of its own, and OpenStack forwards to no such instance: take it away, or connect to that address. (${error.message})`,
      context,
    );
  }
  if (/not reachable from subnet/.test(error.message)) {
    return new PlatformError(
      "cloud_refused",
      `The network of the instance ${instanceId} has no router to the network of the floating IP: connect them with a router. (${error.message})`,
      context,
    );
  }
  return error;
}
