import { type KeyMark, RepeatableCreates } from "../../lib/contract";

/** A store that knows no keys, in which things bear marks. */
class Things {
  readonly all: { readonly name: string; readonly mark: KeyMark | undefined }[] = [];

  constructor(private readonly creates = new RepeatableCreates()) {}

  create(name: string, key?: string): Promise<string> {
    const find = async (wanted: KeyMark) => {
      const thing = this.all.find(({ mark }) => mark?.key === wanted.key);
      return thing && { request: thing.mark?.request, entity: { id: thing.name } };
    };
    const made = this.creates.once(key, { name }, find, async (mark) => {
      await new Promise((resolve) => setTimeout(resolve, 5));
      if (name === "broken") throw new Error("broken");
      this.all.push({ name, mark });
      return { id: name };
    });
    return made.then(({ id }) => id);
  }
}

const reused = { code: "idempotency_key_reused", message: expect.stringContaining("key-1") };

test("a key makes one thing, asked for at once or later; without one, each create makes another", async () => {
  const things = new Things();
  expect(await Promise.all([things.create("a", "key-1"), things.create("a", "key-1")])).toEqual(["a", "a"]);
  expect(await things.create("a", "key-1")).toBe("a");
  await things.create("a");
  await things.create("a");
  expect(things.all).toHaveLength(3);
});

test("a key for another request is refused, while the first one is under way and behind it", async () => {
  const things = new Things();
  const first = things.create("a", "key-1");
  await expect(things.create("b", "key-1")).rejects.toMatchObject(reused);
  await first;
  await expect(things.create("b", "key-1")).rejects.toMatchObject(reused);
  expect(things.all).toHaveLength(1);
});

test("a create that failed may be tried again with its key, and a key has no spaces", async () => {
  const things = new Things();
  await expect(things.create("broken", "key-1")).rejects.toThrow("broken");
  expect(await things.create("a", "key-1")).toBe("a");
  await expect(things.create("a", "a key")).rejects.toMatchObject({ code: "invalid_argument" });
});

test("what a key has made and is gone is not made again", async () => {
  const things = new Things();
  await things.create("a", "key-1");
  things.all.pop();
  await expect(things.create("a", "key-1")).rejects.toThrow(
    "key-1 was used before, which made a; that is gone",
  );
});

test("of the keys that one process has seen, 10,000 are remembered: the latest", async () => {
  const creates = new RepeatableCreates();
  const gone = async () => undefined;
  const create = (key: string) => creates.once(key, {}, gone, async () => ({ id: key }));
  for (let i = 0; i < 10_000; i++) await create(`key-${i}`);
  await expect(create("key-0")).rejects.toThrow("key-0 was used before, which made key-0; that is gone");
  await create("key-10000");
  await expect(create("key-1")).rejects.toThrow("that is gone");
  expect(await create("key-0")).toEqual({ id: "key-0" });
});

test("marks may be short", async () => {
  const things = new Things(new RepeatableCreates({ keyOf: (key) => key.slice(-1), requestLength: 8 }));
  await things.create("a", "key-1");
  expect(things.all[0]!.mark).toEqual({ key: "1", request: expect.stringMatching(/^[\w-]{8}$/) });
  expect(await things.create("a", "key-1")).toBe("a");
});
