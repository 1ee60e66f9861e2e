import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";

/** How much longer than the probe the way to another machine may take. */
const graceMs = 30_000;

/**
 * Probes from elsewhere: runs `node -` behind a command such as `ssh jump.example.com`, and gives it the provider's
 * executable and what to probe as its script. So nothing of it passes through a shell of that machine, which needs
 * nothing but Node.
 */
export function remotely(
  from: readonly string[],
  words: readonly string[],
  script: string,
  timeoutMs: number,
): Promise<number> {
  const [program, ...args] = from;
  const content = readFileSync(script, "utf8").replace(/^#!.*\n/, "");
  const input = `process.argv.push(...${JSON.stringify(["probe", ...words])});\n${content}`;
  return new Promise((resolve) => {
    const child = spawn(program!, [...args, "node", "-"], { stdio: ["pipe", "inherit", "inherit"] });
    const timer = setTimeout(() => child.kill(), timeoutMs + graceMs);
    const failed = (reason: string) => {
      clearTimeout(timer);
      // What cannot be run is closed, too.
      child.removeAllListeners("close");
      process.stderr.write(`fairlead: ${from.join(" ")} node - ${reason} Correct --from.\n`);
      resolve(1);
    };
    child.once("error", (error) => failed(`cannot be run: ${error.message}.`));
    // What ends early does not read everything; how it ended says more.
    child.stdin.on("error", () => undefined);
    child.stdin.end(input);
    child.once("close", (code, signal) => {
      if (code === null) return failed(`was ended by ${signal}.`);
      if (code !== 0 && code !== 1 && code !== 3) return failed(`ended with ${code}.`);
      clearTimeout(timer);
      resolve(code);
    });
  });
}
