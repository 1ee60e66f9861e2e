import { rule } from "./rule";
import { Unknown } from "./unknown";

/** A machine that is reached at many ports is one whose ports nobody counts; it wants a proxy, or a bastion. */
export const tooManyForwards = rule({
  id: "too-many-forwards",
  level: "warn",
  subject: "instance",
  check(exposure, { maxForwardsPerInstance }) {
    const { first, forwards } = exposure.instance;
    if (first !== exposure) return undefined;
    if (forwards instanceof Unknown) return forwards;
    if (forwards <= maxForwardsPerInstance) return undefined;
    return {
      problem: `${forwards} forwards lead to this instance, more than ${maxForwardsPerInstance}.`,
      fix: "Reach several services through one forward (a proxy, a bastion), or several ports by one range.",
    };
  },
});
