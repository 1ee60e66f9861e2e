import { openService } from "./open-service";
import { rule } from "./rule";

/** Data for whoever asks: many databases come without a password. */
export const databaseOpenToEveryone = rule({
  id: "database-open-to-everyone",
  level: "error",
  check: (exposure) => openService(exposure, ({ kind }) => kind === "database"),
});
