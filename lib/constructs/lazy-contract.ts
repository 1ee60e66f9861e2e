/**
 * The contract, loaded when the first construct is made: its schemas take half as long to load as cdktf
 * itself, and who only imports the library should not wait for them.
 */
export function loadContract(): typeof import("../contract") {
  return require("../contract") as typeof import("../contract");
}
