/** The package's version; the bundler puts it into the executable. */
export const { version } = require("../../package.json") as { version: string };
