import { rule } from "./rule";
import { Unknown } from "./unknown";

/** Nobody dares to delete a forward of which nobody knows what it is for. */
export const noDescription = rule({
  id: "no-description",
  level: "warn",
  check({ description }) {
    if (description instanceof Unknown) return description;
    if (description?.trim()) return undefined;
    return {
      problem: "Nothing says what this forward is for.",
      fix: 'Give it a `description`, such as "ssh for the build team".',
    };
  },
});
