import { Diagnostics, diagnosticsToMessage } from "../diagnostics";
import type { ValidateCall } from "../resource";
import { type Attributes, type Blocks, type Level, typeOfLevel } from "../schema/level";
import { validateObject } from "../schema/validate";
import type { Fields } from "../value/type";
import type { Message } from "../wire/messages";
import { decodeObject } from "./object";
import type { Handler, Session } from "./session";

export const validateResourceConfig: Handler<"ValidateResourceConfig"> = async (session, request) => {
  const resource = session.resource(request.typeName);
  const diagnostics = new Diagnostics();
  if (!request.clientCapabilities?.writeOnlyAttributesAllowed) {
    refuseWriteOnly(resource, decodeObject(request.config, resource) ?? {}, diagnostics);
  }
  return {
    diagnostics: await validateConfig(session, resource, request.config, request.typeName!, diagnostics),
  };
};

export const validateDataResourceConfig: Handler<"ValidateDataResourceConfig"> = async (
  session,
  request,
) => ({
  diagnostics: await validateConfig(
    session,
    session.dataSource(request.typeName),
    request.config,
    request.typeName!,
  ),
});

/** Something with a schema and, perhaps, a check of its own. */
interface Validated extends Level {
  readonly deprecated?: boolean | string;
  validate?(call: ValidateCall<Attributes, Blocks>): void | Promise<void>;
}

/** The attributes' validators first, then the definition's own check. All run, so that the user sees all errors. */
export async function validateConfig(
  session: Session,
  definition: Validated,
  wire: Message<"DynamicValue"> | undefined,
  what: string,
  diagnostics = new Diagnostics(),
): Promise<Message<"Diagnostic">[]> {
  const config = decodeObject(wire, definition) ?? {};
  const { deprecated } = definition;
  if (typeof deprecated === "string") diagnostics.warning(`${what} is deprecated`, deprecated);
  await session.attempt(diagnostics, `Validating ${what}`, async () => {
    validateObject(definition, config, diagnostics);
    await definition.validate?.({ config, diagnostics });
  });
  return diagnosticsToMessage(diagnostics.list, typeOfLevel(definition));
}

/** An older Terraform would write the value into its state: better not to take it. */
function refuseWriteOnly(level: Level, config: Fields, diagnostics: Diagnostics): void {
  for (const [name, { options }] of Object.entries(level.attributes)) {
    if (!options.writeOnly || config[name] === null || config[name] === undefined) continue;
    diagnostics.error(`${name} needs a newer Terraform`, "Write-only attributes need Terraform 1.11.", name);
  }
}
