import { openService } from "./open-service";
import { rule } from "./rule";

const ownRules = ["ssh", "remote desktop", "vnc"];

/** Other ports that machines are administered by: telnet, docker, kubernetes and their like. */
export const administrationOpenToEveryone = rule({
  id: "administration-open-to-everyone",
  level: "warn",
  check: (exposure) =>
    openService(exposure, ({ kind, name }) => kind === "administration" && !ownRules.includes(name)),
});
