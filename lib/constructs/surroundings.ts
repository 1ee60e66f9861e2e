/** Whether CI is set, to anything but a no. */
export const inCi = (): boolean => !["", "0", "false", undefined].includes(process.env.CI);

/** Whether this is a test: of jest, Vitest or Node's own runner. */
export const underTest = (): boolean =>
  ["JEST_WORKER_ID", "VITEST", "NODE_TEST_CONTEXT"].some((name) => process.env[name] !== undefined);

/** Whether this is a test that has not said that it wants a real platform to be asked. */
export const mustNotAsk = (): boolean => underTest() && process.env.FAIRLEAD_ASK_PLATFORM !== "1";
