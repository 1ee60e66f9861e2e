import { createHash, timingSafeEqual } from "node:crypto";
import {
  closeSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { parseArgs } from "node:util";

/**
 * Keeps the states of Terraform's `http` backend, each with its lock, in a folder: for tries on one machine. On a network
 * it would be behind TLS.
 *
 * npm run state -- --port 7879 --data ./state
 */

type Answer = { readonly status: number; readonly body?: string };

/** The id in what Terraform sends to lock a state. @throws SyntaxError for anything else */
function idOf(lockInfo: string): string {
  const { ID } = JSON.parse(lockInfo) as { ID?: unknown };
  if (typeof ID === "string") return ID;
  throw new SyntaxError("a lock without an ID");
}

const largestState = 64 * 1024 * 1024;

class StateFolder {
  constructor(private readonly folder: string) {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  }

  /** Answers one request; as nothing here waits, no other comes in between. */
  answer(method: string, name: string, lockId: string | null, body: string): Answer {
    const [state, lock] = [join(this.folder, `${name}.tfstate`), join(this.folder, `${name}.lock`)];
    const held = read(lock);
    const holder = held === undefined ? null : idOf(held);
    switch (method) {
      case "GET": {
        const found = read(state);
        return found === undefined ? { status: 204 } : { status: 200, body: found };
      }
      case "LOCK":
        idOf(body);
        return this.write(lock, body, linkSync) ? { status: 200 } : { status: 423, body: held };
      case "UNLOCK":
        // `terraform force-unlock` says nothing of the lock that it is given.
        if (holder === null || (body !== "" && idOf(body) !== holder)) return { status: 409, body: held };
        rmSync(lock);
        return { status: 200 };
      case "POST":
      case "DELETE":
        // Who had the lock, and was relieved of it, does not write any more.
        if (holder !== lockId) return { status: 409, body: held };
        if (method === "POST") this.write(state, body, renameSync);
        else rmSync(state, { force: true });
        return { status: 200 };
      default:
        return { status: 405 };
    }
  }

  /** Puts a whole file in its place, or none. @returns false when it is there, and `place` does not replace it */
  private write(file: string, text: string, place: (from: string, to: string) => void): boolean {
    const temporary = `${file}.new`;
    const opened = openSync(temporary, "w", 0o600);
    try {
      writeFileSync(opened, text);
      fsyncSync(opened);
      place(temporary, file);
      return true;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
      throw error;
    } finally {
      closeSync(opened);
      rmSync(temporary, { force: true });
    }
  }
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

const digest = (text: string): Buffer => createHash("sha256").update(text).digest();

/** The whole body; undefined when it is too large. */
async function bodyOf(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    size += chunk.length;
    if (size > largestState) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

const { values } = parseArgs({
  options: { port: { type: "string", default: "7879" }, data: { type: "string", default: "state" } },
});
const { TF_HTTP_USERNAME: user, TF_HTTP_PASSWORD: password } = process.env;
if (!user || !password) {
  process.stderr.write(
    "Set TF_HTTP_USERNAME and TF_HTTP_PASSWORD, as Terraform reads them, to what shall be asked for.\n",
  );
  process.exit(1);
}
const expected = digest(`Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`);
const states = new StateFolder(values.data);

async function handle(request: IncomingMessage): Promise<Answer> {
  if (!timingSafeEqual(digest(request.headers.authorization ?? ""), expected)) return { status: 401 };
  const { pathname, searchParams } = new URL(request.url ?? "/", "http://localhost");
  const name = /^\/states\/([a-z0-9][a-z0-9-]{0,62})$/.exec(pathname)?.[1];
  if (name === undefined) return { status: 404 };
  const body = await bodyOf(request);
  return body === undefined
    ? { status: 413 }
    : states.answer(request.method ?? "GET", name, searchParams.get("ID"), body);
}

const server = createServer(async (request, response) => {
  const { status, body } = await handle(request).catch((error: Error): Answer => {
    process.stderr.write(`${request.method} ${request.url}: ${error.message}\n`);
    return { status: error instanceof SyntaxError ? 400 : 500 };
  });
  response.writeHead(status, { "content-type": "application/json" }).end(body);
});
server.listen(Number(values.port), "127.0.0.1", () => {
  const { port } = server.address() as AddressInfo;
  process.stdout.write(`export STATE_URL=http://127.0.0.1:${port}/states/lab\n`);
});
for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => server.close());
