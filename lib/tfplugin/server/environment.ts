const COOKIE_NAME = "TF_PLUGIN_MAGIC_COOKIE";
const COOKIE = "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2";

/** The version of the plugin protocol that this framework speaks. */
export const PROTOCOL_VERSION = 6;

/**
 * Why this process cannot serve, in words for whoever started it; undefined when Terraform did, and can be served.
 * The cookie is no secret. It only tells Terraform from a person who runs the executable by hand.
 */
export function refusal(environment: NodeJS.ProcessEnv): string | undefined {
  if (environment[COOKIE_NAME] !== COOKIE) {
    return [
      "This program is a Terraform provider. It does nothing on its own: Terraform starts it.",
      "Put it where Terraform looks for providers, name it in required_providers, and run `terraform init`.",
      "See https://developer.hashicorp.com/terraform/language/providers",
    ].join("\n");
  }
  const offered = environment.PLUGIN_PROTOCOL_VERSIONS?.split(",");
  if (offered && !offered.includes(String(PROTOCOL_VERSION))) {
    return `This provider speaks plugin protocol ${PROTOCOL_VERSION}, and this Terraform only ${offered.join(", ")}. Use Terraform 1.0 or newer.`;
  }
  return undefined;
}
