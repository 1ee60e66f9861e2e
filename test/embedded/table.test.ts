import { join } from "node:path";
import { type Database, openDatabase, type SqlValue } from "../../lib/embedded/database";
import { column, Table } from "../../lib/embedded/table";
import { cleanUp, freshFolder, onCleanUp } from "../support/clean-up";

// Rows are remembered: what is read is what the database has all the same, whatever has happened to it since.

afterEach(cleanUp);

interface Row {
  readonly id: string;
  readonly name: string;
}

class Remembering extends Table<Row> {
  override insert(row: Row): void {
    super.insert(row);
    this.remember(row);
  }
}

function opened(): { database: Database; table: Remembering; nameOf(id: string): string | undefined } {
  const database = openDatabase(join(freshFolder(), "test.db"));
  onCleanUp(() => database.close());
  database.script("CREATE TABLE t (id TEXT PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT");
  const table = new Remembering(database, "t", { id: column.text, name: column.text });
  return { database, table, nameOf: (id) => table.get(id)?.name };
}

test("a row that is changed or deleted, by whatever statement, is read anew", () => {
  const { database, table, nameOf } = opened();
  table.insert({ id: "a", name: "first" });
  expect(table.get("a")).toBe(table.get("a"));
  table.update("a", { name: "second" });
  expect(nameOf("a")).toBe("second");
  database.run("UPDATE t SET name = 'third' WHERE name = 'second'");
  expect(nameOf("a")).toBe("third");
  table.delete("a");
  expect(nameOf("a")).toBeUndefined();
});

test("rows are found by labels, of which each has to be there, by one text for however many", () => {
  const database = openDatabase(join(freshFolder(), "test.db"));
  onCleanUp(() => database.close());
  database.script("CREATE TABLE t (id TEXT PRIMARY KEY, labels TEXT NOT NULL) STRICT");
  const texts = new Set<string>();
  const watched = {
    ...database,
    all: (sql: string, ...values: SqlValue[]) => {
      texts.add(sql);
      return database.all(sql, ...values);
    },
  };
  const table = new Table<{ id: string; labels: Record<string, string> }>(watched, "t", {
    id: column.text,
    labels: column.json(),
  });
  const many = Object.fromEntries(Array.from({ length: 64 }, (_, i) => [`k${i}`, `${i}`]));
  table.insert({ id: "a", labels: { tier: "web", "a.b/c-d": "x", empty: "" } });
  table.insert({ id: "b", labels: { tier: "web" } });
  table.insert({ id: "c", labels: many });
  const found = (labels: string) => table.select({ labels }).map(({ id }) => id);
  expect(found("tier=web")).toEqual(["a", "b"]);
  expect(found("tier=web,a.b/c-d=x,empty=")).toEqual(["a"]);
  expect(found("empty=")).toEqual(["a"]);
  expect(found("tier=web,tier=db")).toEqual([]);
  expect(
    found(
      Object.entries(many)
        .map((pair) => pair.join("="))
        .join(","),
    ),
  ).toEqual(["c"]);
  expect(texts.size).toBe(1);
});

test("a change that is taken back was never there, neither alone nor in company", async () => {
  const { database, table, nameOf } = opened();
  const failing = () => {
    table.insert({ id: "a", name: "half" });
    expect(nameOf("a")).toBe("half");
    throw new Error("no");
  };
  expect(() => database.transaction(failing)).toThrow("no");
  expect(nameOf("a")).toBeUndefined();
  const [kept, refused] = await Promise.allSettled([
    database.kept(() => table.insert({ id: "b", name: "whole" })),
    database.kept(failing),
  ]);
  expect([kept.status, refused.status]).toEqual(["fulfilled", "rejected"]);
  expect([nameOf("a"), nameOf("b")]).toEqual([undefined, "whole"]);
});

test("changes that did not get to the disk are not remembered", async () => {
  const { database, table, nameOf } = opened();
  database.script(`
    CREATE TABLE parent (id INTEGER PRIMARY KEY) STRICT;
    CREATE TABLE child (id INTEGER REFERENCES parent(id) DEFERRABLE INITIALLY DEFERRED) STRICT`);
  const change = database.kept(() => {
    table.insert({ id: "a", name: "lost" });
    // It is checked when all is written: the whole group fails.
    database.run("INSERT INTO child VALUES (7)");
  });
  expect(nameOf("a")).toBe("lost");
  await expect(change).rejects.toThrow("FOREIGN KEY");
  expect(nameOf("a")).toBeUndefined();
});

test("only so many rows are remembered; those that are not are read", () => {
  const { table } = opened();
  const rows = Array.from({ length: 1_000 }, (_, i) => ({ id: `id-${i}`, name: `name-${i}` }));
  for (const row of rows) table.insert(row);
  expect(rows.map(({ id }) => table.get(id))).toEqual(rows);
  const again = rows.filter((row) => table.get(row.id) === row);
  expect(again).toEqual([]);
});

test("a remembered row is nobody's to change", () => {
  const { table } = opened();
  table.insert({ id: "a", name: "first" });
  expect(() => Object.assign(table.get("a")!, { name: "mine" })).toThrow(TypeError);
});

test("what the database itself deletes with something else is forgotten", () => {
  const { database, table, nameOf } = opened();
  database.script("CREATE TABLE owner (id TEXT PRIMARY KEY REFERENCES t(id) ON DELETE CASCADE) STRICT");
  const owners = new Table(database, "owner", { id: column.text });
  table.insert({ id: "a", name: "first" });
  owners.insert({ id: "a" });
  expect(owners.get("a")).toEqual({ id: "a" });
  table.delete("a");
  expect([nameOf("a"), owners.get("a")]).toEqual([undefined, undefined]);
});
