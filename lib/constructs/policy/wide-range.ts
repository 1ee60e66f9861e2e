import { rule } from "./rule";
import { Unknown } from "./unknown";

/** A wide range opens what is started behind it later, too. */
export const wideRange = rule({
  id: "wide-range",
  level: "warn",
  check({ isEnabled, portCount }, { maxRange }) {
    if (!isEnabled) return undefined;
    if (portCount instanceof Unknown) return portCount;
    if (portCount <= maxRange) return undefined;
    return {
      problem: `${portCount} ports are forwarded at once, more than ${maxRange}.`,
      fix: "Forward the ports that are in use.",
    };
  },
});
