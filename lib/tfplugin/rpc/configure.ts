import { Diagnostics, diagnosticsToMessage } from "../diagnostics";
import { typeOfLevel } from "../schema/level";
import { log } from "../server/log";
import { decodeObject } from "./object";
import type { Handler } from "./session";
import { validateConfig } from "./validate";

export const validateProviderConfig: Handler<"ValidateProviderConfig"> = async (session, request) => ({
  diagnostics: await validateConfig(
    session,
    session.provider,
    request.config,
    "The provider's configuration",
  ),
});

export const configureProvider: Handler<"ConfigureProvider"> = async (session, request) => {
  const { provider } = session;
  const diagnostics = new Diagnostics();
  const config = decodeObject(request.config, provider) ?? {};
  const terraformVersion = request.terraformVersion ?? "";
  log("info", `${provider.name} ${provider.version} for Terraform ${terraformVersion}`);
  const configured = await session.attempt(diagnostics, `Configuring the provider ${provider.name}`, () =>
    provider.configure({ config, diagnostics, signal: session.signal, terraformVersion }),
  );
  session.client = configured?.value;
  return { diagnostics: diagnosticsToMessage(diagnostics.list, typeOfLevel(provider)) };
};

/** Calls that run go on, and should end soon. Terraform waits for them. */
export const stopProvider: Handler<"StopProvider"> = (session) => {
  session.stopping.abort();
  return {};
};
