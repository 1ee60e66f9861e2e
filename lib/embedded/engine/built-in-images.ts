import { join, resolve } from "node:path";
import type { ProcessImage } from "./process-image";

/**
 * The images that need nothing but Node: `http-hello` answers HTTP on 8080 and 8081 and greets like an SSH
 * server on 2222; `echo` returns what it gets on 7007, TCP and UDP.
 */
export const builtInImages: Readonly<Record<string, ProcessImage>> = {
  "http-hello": {
    description: "HTTP on 8080 and 8081 that names its instance, an SSH greeting on 2222",
    command: [process.execPath, program("http-hello")],
    ready: { tcp: [8080, 8081, 2222] },
  },
  echo: {
    description: "TCP and UDP echo on 7007",
    command: [process.execPath, program("echo")],
    ready: { tcp: 7007 },
  },
};

/** The compiled program of this folder: Node 20 cannot run the sources, from which tests load this file. */
function program(name: string): string {
  const folder = __filename.endsWith(".ts") ? resolve(__dirname, "../../../dist/embedded/engine") : __dirname;
  return join(folder, `${name}.js`);
}
