/** `externalPort` as Terraform writes it: `external_port`. The one place where a field changes its name. */
export const attributeName = (field: string): string =>
  field.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
