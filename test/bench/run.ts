import type { Row } from "./measure";

/** `npm run bench [-- name ...]`: ratios within one run; budgets are shown, not enforced. */

const benches: Record<string, () => Promise<{ run(): Promise<Row[]> }>> = {
  startup: () => import("./startup.js"),
  library: () => import("./library.js"),
  gateway: () => import("./gateway.js"),
  api: () => import("./api.js"),
  plan: () => import("./plan.js"),
  apply: () => import("./apply.js"),
  diff: () => import("./diff.js"),
  synth: () => import("./synth.js"),
  openstack: () => import("./openstack.js"),
};

async function main(): Promise<void> {
  const asked = process.argv.slice(2);
  const unknown = asked.find((name) => !Object.hasOwn(benches, name));
  if (unknown !== undefined) {
    process.stderr.write(`There is no bench ${unknown}; there are ${Object.keys(benches).join(", ")}.\n`);
    process.exit(1);
  }
  for (const name of asked.length > 0 ? asked : Object.keys(benches)) {
    process.stdout.write(`\n${name}\n`);
    const { run } = await benches[name]!();
    for (const { what, value, budget, met } of await run()) {
      const verdict = budget === undefined ? "" : `  ${budget}: ${met ? "met" : "MISSED"}`;
      process.stdout.write(`  ${what.padEnd(48)} ${value.padStart(12)}${verdict}\n`);
    }
  }
}

main().catch((error: Error) => {
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
});
