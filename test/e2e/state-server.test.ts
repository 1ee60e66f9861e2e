import { join } from "node:path";
import { cleanUp, freshFolder } from "../support/clean-up";
import { freshEnvironment, launch, root } from "../support/command";
import { eventually } from "../support/processes";

// What a disk does that is full; the rest of the state server is in test/e2e/pipeline.test.ts.

jest.setTimeout(60_000);
afterEach(cleanUp);

const account = { TF_HTTP_USERNAME: "ci", TF_HTTP_PASSWORD: "planted-password-0123456789" };
const authorization = `Basic ${Buffer.from(Object.values(account).join(":")).toString("base64")}`;

/** Starts a server whose files have room for so many KiB, and no more. */
async function startWithRoomFor(kibibytes: number): Promise<string> {
  const folder = freshFolder();
  const server = [process.execPath, "--import", "tsx", join(root, "examples/pipeline/state-server.ts")];
  const launched = launch(
    ["bash", "-c", `ulimit -f ${kibibytes}; exec "$@"`, "-", ...server, "--port", "0", "--data", folder],
    { cwd: root, env: freshEnvironment(folder, account) },
  );
  await eventually(() => launched.stdout().includes("\n"), 20_000);
  return /STATE_URL=(\S+)/.exec(launched.stdout())![1]!;
}

test("a state that there is no room for is refused, and the one before stays whole", async () => {
  const url = await startWithRoomFor(1024);
  const ask = async (method: string, query = "", body?: string) => {
    const answer = await fetch(url + query, { method, body, headers: { authorization } });
    return `${answer.status} ${await answer.text()}`.trim();
  };
  const state = (serial: number, length: number) => JSON.stringify({ serial, text: "x".repeat(length) });
  expect(await ask("LOCK", "", '{"ID":"mine"}')).toBe("200");
  expect(await ask("POST", "?ID=mine", state(1, 100))).toBe("200");
  expect(await ask("POST", "?ID=mine", state(2, 1024 * 1024))).toBe("500");
  expect(await ask("GET")).toBe(`200 ${state(1, 100)}`);
});
