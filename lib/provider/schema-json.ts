import { providersSchema } from "../tfplugin";
import { provider } from "./provider";

/** The provider's schema in the format of `terraform providers schema -json`; the bindings are generated from it. */
export const schemaJson = (source: string): object => providersSchema(provider, source);
