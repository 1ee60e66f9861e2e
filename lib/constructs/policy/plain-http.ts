import { portsText, servicesOf } from "./open-service";
import { rule } from "./rule";
import { Unknown } from "./unknown";

/** Whoever is on the way reads passwords and changes pages. */
export const plainHttp = rule({
  id: "plain-http",
  level: "warn",
  check(exposure) {
    if (!exposure.isEnabled) return undefined;
    const services = servicesOf(exposure);
    if (services instanceof Unknown) return services;
    const http = services.find(({ kind }) => kind === "plain web");
    if (!http) return undefined;
    return {
      problem: `${portsText(exposure, http)}, which nothing encrypts on its way.`,
      fix: "Serve HTTPS, and forward its port (443).",
    };
  },
});
