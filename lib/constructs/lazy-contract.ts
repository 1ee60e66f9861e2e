let contract: typeof import("../contract") | undefined;

/**
 * The contract, loaded when the first construct is made: its schemas take half as long to load as cdktf
 * itself, and who only imports the library should not wait for them.
 */
export function loadContract(): typeof import("../contract") {
  // Not by `require` each time: finding a module that is loaded takes longer than checking the props of a forward.
  contract ??= require("../contract") as typeof import("../contract");
  return contract;
}
