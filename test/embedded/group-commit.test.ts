import { join } from "node:path";
import { type Database, openDatabase } from "../../lib/embedded/database";
import { cleanUp, freshFolder, onCleanUp } from "../support/clean-up";

// What is changed at about the same time goes to the disk together; seen by a second connection, as after a crash.

afterEach(cleanUp);

function opened(): { database: Database; kept(): string[] } {
  const file = join(freshFolder(), "test.db");
  const database = openDatabase(file);
  database.script("CREATE TABLE t (name TEXT PRIMARY KEY) STRICT");
  const other = openDatabase(file);
  onCleanUp(() => {
    other.close();
    database.close();
  });
  return {
    database,
    kept: () => other.all("SELECT name FROM t ORDER BY name").map(({ name }) => String(name)),
  };
}

const insert = (database: Database, name: string) => database.run("INSERT INTO t VALUES (?)", name);

test("a change is made at once, told when it is on the disk, and not before", async () => {
  const { database, kept } = opened();
  let told = false;
  const change = database
    .kept(() => insert(database, "a"))
    .then(() => {
      told = true;
      expect(kept()).toEqual(["a"]);
    });
  expect(database.all("SELECT name FROM t")).toEqual([{ name: "a" }]);
  expect(kept()).toEqual([]);
  await Promise.resolve();
  expect(told).toBe(false);
  await change;
});

test("changes of the same time are kept by one commit", async () => {
  const { database, kept } = opened();
  const seen: string[][] = [];
  await Promise.all(
    ["a", "b", "c"].map(async (name) => {
      await database.kept(() => insert(database, name));
      seen.push(kept());
    }),
  );
  expect(seen).toEqual(Array(3).fill(["a", "b", "c"]));
});

test("a change behind a transaction that was lost is kept by itself; whose was lost hears of it", async () => {
  const { database, kept } = opened();
  const lost = database.kept(() => insert(database, "lost"));
  // As SQLite does by itself when the disk is full.
  database.script("ROLLBACK");
  const next = database.kept(() => insert(database, "next"));
  await expect(lost).rejects.toMatchObject({ code: "storage_unavailable" });
  await next;
  expect(kept()).toEqual(["next"]);
});

test("one that fails takes back nothing but itself, and tells only its own caller", async () => {
  const { database, kept } = opened();
  const outcomes = await Promise.allSettled([
    database.kept(() => insert(database, "a")),
    database.kept(() => {
      insert(database, "half");
      throw new Error("no");
    }),
    database.kept(() => insert(database, "a")),
    database.kept(() => insert(database, "b")),
  ]);
  expect(outcomes.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "rejected", "fulfilled"]);
  expect(kept()).toEqual(["a", "b"]);
});

test("a transaction in between is kept when it returns, and before it what waits", async () => {
  const { database, kept } = opened();
  const change = database.kept(() => insert(database, "a"));
  database.transaction(() => insert(database, "b"));
  expect(kept()).toEqual(["a", "b"]);
  expect(() =>
    database.transaction(() => {
      insert(database, "half");
      throw new Error("no");
    }),
  ).toThrow("no");
  await change;
  expect(kept()).toEqual(["a", "b"]);
});

test("a transaction behind one that was lost neither fails with it nor does what it has left to the end", async () => {
  const { database, kept } = opened();
  const lost = database.kept(() => database.finally("INSERT INTO t VALUES ('said of what is lost')"));
  database.script("ROLLBACK");
  database.transaction(() => insert(database, "next"));
  await expect(lost).rejects.toMatchObject({ code: "storage_unavailable" });
  expect(kept()).toEqual(["next"]);
});

test("a commit that fails is told to everybody whose change was in it, and the next one works", async () => {
  const { database, kept } = opened();
  database.script("CREATE TABLE child (name TEXT REFERENCES t(name) DEFERRABLE INITIALLY DEFERRED) STRICT");
  const outcomes = await Promise.allSettled([
    database.kept(() => insert(database, "a")),
    // Refused at the commit, not before.
    database.kept(() => database.run("INSERT INTO child VALUES ('nobody')")),
  ]);
  expect(outcomes.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
  expect(kept()).toEqual([]);
  await database.kept(() => insert(database, "b"));
  expect(kept()).toEqual(["b"]);
});

test("what waits is kept when the database is closed", async () => {
  const { database, kept } = opened();
  const change = database.kept(() => insert(database, "a"));
  database.close();
  await change;
  expect(kept()).toEqual(["a"]);
  await expect(database.kept(() => undefined)).rejects.toThrow("the database is closed");
});

test("what is left to the end comes behind all changes, in order, and is kept with them", async () => {
  const { database, kept } = opened();
  const later = (name: string) => database.finally("INSERT INTO t VALUES (?)", name);
  const seen = () => database.all("SELECT name FROM t ORDER BY rowid").map(({ name }) => name);
  const change = (name: string) =>
    database.kept(() => {
      later(`${name} later`);
      insert(database, name);
    });
  const changes = [change("a"), change("b")];
  expect(seen()).toEqual(["a", "b"]);
  // What is not part of a change waits for nobody.
  database.transaction(() => {
    later("at last");
    insert(database, "in between");
  });
  expect(seen()).toEqual(["a", "b", "a later", "b later", "in between", "at last"]);
  expect(kept()).toHaveLength(6);
  await Promise.all(changes);
});

test("what is left to the end is not done where the change that asks for it is taken back", async () => {
  const { database, kept } = opened();
  const later = (name: string) => database.finally("INSERT INTO t VALUES (?)", name);
  const failing = () => {
    later("half");
    throw new Error("no");
  };
  const outcomes = await Promise.allSettled([
    database.kept(() => later("a")),
    database.kept(failing),
    database.kept(() => later("b")),
  ]);
  expect(outcomes.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
  expect(() => database.transaction(failing)).toThrow("no");
  database.transaction(() => later("c"));
  later("alone");
  expect(kept()).toEqual(["a", "alone", "b", "c"]);
});

test("a change fails with what it has left to the end, and so does what is committed with it", async () => {
  const { database, kept } = opened();
  insert(database, "there");
  const outcomes = await Promise.allSettled([
    database.kept(() => insert(database, "a")),
    database.kept(() => database.finally("INSERT INTO t VALUES ('there')")),
  ]);
  expect(outcomes.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
  expect(kept()).toEqual(["there"]);
  await database.kept(() => insert(database, "b"));
  expect(kept()).toEqual(["b", "there"]);
});
