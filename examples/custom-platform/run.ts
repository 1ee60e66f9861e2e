import { randomBytes } from "node:crypto";
import { servePlatform } from "fairlead/platform";
import { startCompany } from "./company/api";
import { companyPlatform } from "./platform";

/** Starts the company's platform and serves it as Fairlead's API, until Ctrl-C. */
async function run(): Promise<void> {
  const company = await startCompany();
  const platform = companyPlatform(company.url, company.keys.staff);
  const token = randomBytes(24).toString("base64url");
  const server = await servePlatform(platform, { host: "127.0.0.1", port: 0, token, version: "1.0.0" });
  process.stdout.write(`export FAIRLEAD_ENDPOINT=${server.endpoint} FAIRLEAD_TOKEN=${token}\n`);
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.once(signal, async () => {
      await server.close();
      await company.close();
    });
  }
}

run();
