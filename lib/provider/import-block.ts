/**
 * An `import` block for an object that exists, as one adds it beside a resource block. (Where that is to be generated,
 * Terraform needs the provider in both blocks: `fairlead orphans` prints that form.)
 */
export function importBlock(type: string, id: string): { readonly block: string; readonly note: string } {
  return {
    block: `import {\n  to = ${type}.NAME\n  id = ${JSON.stringify(id)}\n}`,
    note: "declare it and add this block, with its name for NAME",
  };
}
