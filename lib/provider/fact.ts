/**
 * What Terraform has to know of a field beyond the contract. Whether a configured field is required,
 * optional or has a default follows from the contract's create schema.
 */
export type Fact =
  /** The user writes it; a change is made in place. */
  | { readonly kind: "configured"; readonly unordered?: true }
  /** The user writes it; a change makes a new object. */
  | { readonly kind: "replaces" }
  /**
   * The user writes it, nobody can read it: `user_data_wo`, which is in neither plan nor state, and
   * `user_data_wo_version`, whose change makes a new object.
   */
  | { readonly kind: "writeOnly" }
  /** The platform sets it; it stays the same for as long as the object lives, unless one of `with` changes. */
  | { readonly kind: "stable"; readonly with: readonly string[] }
  /** The platform sets it, and may set it anew at every change. */
  | { readonly kind: "computed" }
  /** Terraform does not show it. */
  | { readonly kind: "hidden" };

export const configured: Fact = { kind: "configured" };
/** A list whose order means nothing: a set in Terraform. */
export const configuredSet: Fact = { kind: "configured", unordered: true };
export const replaces: Fact = { kind: "replaces" };
export const writeOnly: Fact = { kind: "writeOnly" };
export const stable: Fact = { kind: "stable", with: [] };
export const computed: Fact = { kind: "computed" };
export const hidden: Fact = { kind: "hidden" };
/** It changes only together with one of these fields. */
export const changesWith = (...fields: string[]): Fact => ({ kind: "stable", with: fields });
