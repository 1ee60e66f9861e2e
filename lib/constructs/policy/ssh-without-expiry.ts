import { portsText, servicesOf } from "./open-service";
import { rule } from "./rule";
import { Unknown } from "./unknown";

/** A way in that was needed for a week stays open for years. */
export const sshWithoutExpiry = rule({
  id: "ssh-without-expiry",
  level: "warn",
  check(exposure) {
    const { expiresAt, isEnabled } = exposure;
    if (!isEnabled || typeof expiresAt === "string") return undefined;
    const services = servicesOf(exposure);
    if (services instanceof Unknown) return services;
    const ssh = services.find(({ name }) => name === "ssh");
    if (!ssh) return undefined;
    return (
      expiresAt ?? {
        problem: `${portsText(exposure, ssh)}, and it never closes.`,
        fix: 'Say when it is no longer needed: `expiresAt: "2026-12-31T18:00:00+09:00"`; a later time opens it again.',
      }
    );
  },
});
