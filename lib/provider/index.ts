/** The Terraform provider: our resources, declared once each on top of contract and tfplugin. */
export { provider } from "./provider";
export { schemaJson } from "./schema-json";
