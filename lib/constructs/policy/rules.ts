import { administrationOpenToEveryone } from "./administration-open-to-everyone";
import { databaseOpenToEveryone } from "./database-open-to-everyone";
import { noDescription } from "./no-description";
import { plainHttp } from "./plain-http";
import { remoteDesktopOpenToEveryone } from "./remote-desktop-open-to-everyone";
import type { ExposureRule } from "./rule";
import { sshOpenToEveryone } from "./ssh-open-to-everyone";
import { sshWithoutExpiry } from "./ssh-without-expiry";
import { tooManyForwards } from "./too-many-forwards";
import { wideRange } from "./wide-range";

const all = [
  sshOpenToEveryone,
  remoteDesktopOpenToEveryone,
  databaseOpenToEveryone,
  administrationOpenToEveryone,
  plainHttp,
  wideRange,
  sshWithoutExpiry,
  tooManyForwards,
  noDescription,
] as const;

/** What policies and suppressions call a rule. */
export type ExposureRuleId = (typeof all)[number]["id"];

/** Every rule, the gravest first. */
export const exposureRules: readonly ExposureRule<ExposureRuleId>[] = all;
