/**
 * An `import` block for an object that exists, with its resource block left to the reader. Both blocks name the
 * provider: Terraform needs it where the resource is not written yet, and refuses it in only one of them.
 */
export function importBlock(type: string, id: string): { readonly block: string; readonly note: string } {
  return {
    block: `import {\n  to = ${type}.NAME\n  id = ${JSON.stringify(id)}\n}`,
    note: "declare it and add this block, with its name for NAME",
  };
}
