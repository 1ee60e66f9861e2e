import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { generateBindings } from "./support/generate-bindings";

const folder = join(__dirname, "../lib/bindings");

test("lib/bindings is what the provider's schema generates; `npm run bindings` writes it", async () => {
  const generated = await generateBindings();
  const written = new Map(
    readdirSync(folder).map((file) => [file, readFileSync(join(folder, file), "utf8")]),
  );
  expect(written).toEqual(generated);
});
