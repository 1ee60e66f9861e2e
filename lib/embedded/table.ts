import type { Database, SqlValue } from "./database";
import { Memory } from "./memory";

/** How one field is stored. */
export interface Column<T> {
  encode(value: T): SqlValue;
  decode(stored: SqlValue): T;
}

const plain = <T extends SqlValue>(): Column<T> => ({
  encode: (value) => value,
  decode: (stored) => stored as T,
});

/** Columns for what entities are made of. */
export const column = {
  text: plain<string>(),
  nullableText: plain<string | null>(),
  integer: plain<number>(),
  nullableInteger: plain<number | null>(),
  /** Yes or no. */
  flag: {
    encode: (value) => (value ? 1 : 0),
    decode: (stored) => stored === 1,
  } satisfies Column<boolean>,
  /** One of a few words. */
  word: <T extends string>(): Column<T> => plain<T>(),
  /** Lists and maps. */
  json: <T>(): Column<T> => ({
    encode: (value) => JSON.stringify(value),
    decode: (stored) => JSON.parse(String(stored)) as T,
  }),
};

/** A condition that no column alone can express. */
export interface Condition {
  readonly sql: string;
  readonly values: readonly SqlValue[];
}

/** Of a list of pairs, each is among the labels; one text for any of them, since the database keeps each text's plan. */
const bearsEach =
  "NOT EXISTS (SELECT 1 FROM json_each(?) AS wanted WHERE" +
  ` json_extract(labels, '$."' || json_extract(wanted.value, '$[0]') || '"') IS NOT json_extract(wanted.value, '$[1]'))`;

/** Which rows of a table: equal in every field given, bearing every label, fit for each of `also`, behind `after` in the order of ids. */
export interface Selection<Row> {
  readonly where?: Partial<Row>;
  readonly labels?: string | undefined;
  readonly also?: readonly Condition[];
  readonly after?: string | undefined;
  readonly limit?: number;
}

/** A table to read, whose columns bear the names of the entity's fields; a field without a column does not compile. */
export class Rows<Row extends { id: string }> {
  protected readonly fields: (keyof Row & string)[];
  /** By id. */
  private readonly memory: Memory<Row>;

  constructor(
    protected readonly database: Database,
    protected readonly name: string,
    protected readonly columns: { readonly [F in keyof Row]: Column<Row[F]> },
  ) {
    this.fields = Object.keys(columns) as (keyof Row & string)[];
    this.memory = new Memory(database);
  }

  get(id: string): Row | undefined {
    return this.memory.get(id, () => {
      const row = this.find({ id } as Partial<Row>);
      return row && frozen(row);
    });
  }

  /** The row that these fields belong to, where they are unique. */
  find(where: Partial<Row>): Row | undefined {
    const fields = this.given(where);
    const condition = fields.map((field) => `${field} = ?`).join(" AND ");
    const stored = this.database.first(
      `SELECT * FROM ${this.name} WHERE ${condition} LIMIT 1`,
      ...this.encode(where, fields),
    );
    return stored && this.decode(stored);
  }

  /** How many rows are equal in every field given. */
  count(where: Partial<Row>): number {
    const fields = this.given(where);
    const condition = fields.map((field) => `${field} = ?`).join(" AND ");
    const found = this.database.first(
      `SELECT COUNT(*) AS count FROM ${this.name} WHERE ${condition}`,
      ...this.encode(where, fields),
    );
    return Number(found?.count);
  }

  select({ where = {}, labels, also = [], after, limit = -1 }: Selection<Row> = {}): Row[] {
    const fields = this.given(where);
    const terms = fields.map((field) => `${field} = ?`);
    const values = this.encode(where, fields);
    if (labels !== undefined) {
      terms.push(bearsEach);
      values.push(JSON.stringify(labels.split(",").map((term) => term.split("="))));
    }
    for (const condition of also) {
      terms.push(condition.sql);
      values.push(...condition.values);
    }
    if (after !== undefined) {
      terms.push("id > ?");
      values.push(after);
    }
    const condition = terms.length > 0 ? `WHERE ${terms.join(" AND ")}` : "";
    return this.database
      .all(`SELECT * FROM ${this.name} ${condition} ORDER BY id LIMIT ?`, ...values, limit)
      .map((stored) => this.decode(stored));
  }

  protected remember(row: Row): void {
    this.memory.set(row.id, frozen(row));
  }

  protected given(part: Partial<Row>): (keyof Row & string)[] {
    return this.fields.filter((field) => part[field] !== undefined);
  }

  protected encode(part: Partial<Row>, fields: (keyof Row & string)[]): SqlValue[] {
    return fields.map((field) => this.columns[field].encode(part[field] as Row[typeof field]));
  }

  /** A row as it will be read: what is no column is left out. */
  protected stored(row: Row): Row {
    const kept = {} as Row;
    for (const field of this.fields) kept[field] = row[field];
    return kept;
  }

  private decode(stored: Record<string, SqlValue>): Row {
    const row = {} as Row;
    for (const field of this.fields) row[field] = this.columns[field].decode(stored[field] ?? null);
    return row;
  }
}

/** Whoever asks gets the same row: it is nobody's to change. */
function frozen<Row extends object>(row: Row): Row {
  for (const value of Object.values(row)) if (typeof value === "object") Object.freeze(value);
  return Object.freeze(row);
}

/** A table whose rows are made, changed and deleted. */
export class Table<Row extends { id: string }> extends Rows<Row> {
  private readonly insertion =
    `INSERT INTO ${this.name} (${this.fields.join(", ")}) VALUES (${this.fields.map(() => "?").join(", ")})`;

  insert(row: Row): void {
    this.database.run(this.insertion, ...this.encode(row, this.fields));
  }

  update(id: string, changes: Partial<Row>): void {
    const fields = this.given(changes);
    this.database.run(
      `UPDATE ${this.name} SET ${fields.map((field) => `${field} = ?`).join(", ")} WHERE id = ?`,
      ...this.encode(changes, fields),
      id,
    );
  }

  delete(id: string): void {
    this.database.run(`DELETE FROM ${this.name} WHERE id = ?`, id);
  }
}
