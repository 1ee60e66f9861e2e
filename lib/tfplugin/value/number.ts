/**
 * A Terraform number is a decimal of up to 512 bits. In JavaScript it is
 * a `number` wherever that is exact, a `bigint` for larger integers, and a decimal string for the rest.
 */
export type Decimal = number | bigint | string;

/** From decimal text to the plainest JavaScript value that loses nothing. */
export function parseDecimal(text: string): Decimal {
  const approximate = Number(text);
  const exact = canonical(text);
  if (exact === undefined) return text;
  if (Number.isInteger(approximate) && !Number.isSafeInteger(approximate)) return integerOf(exact) ?? text;
  return canonical(String(approximate)) === exact ? approximate : (integerOf(exact) ?? text);
}

/** Whether two numbers are equal, whatever form each has. */
export function sameNumber(left: Decimal, right: Decimal): boolean {
  if (left === right) return true;
  return canonicalOf(left) === canonicalOf(right);
}

/** Integers beyond 2^53 have an exact value as a double too: compare that, not its shortest notation. */
function canonicalOf(value: Decimal): string | undefined {
  if (typeof value === "number" && Number.isInteger(value)) return canonical(BigInt(value).toString());
  return canonical(String(value));
}

/** `digits` without leading and trailing zeros, `e`, and the exponent: one notation for each number. */
function canonical(text: string): string | undefined {
  const match = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d+))?$/.exec(text);
  if (!match) return undefined;
  const [, sign, whole = "", fraction = "", exponent = "0"] = match;
  const digits = (whole + fraction).replace(/^0+/, "");
  const trimmed = digits.replace(/0+$/, "");
  if (trimmed === "") return "0e0";
  const shift = Number(exponent) - fraction.length + (digits.length - trimmed.length);
  return `${sign === "-" ? "-" : ""}${trimmed}e${shift}`;
}

/** 1,000 digits are more than Terraform's 512 bits can hold; the limit keeps `1e999999999` from eating memory. */
function integerOf(exact: string): bigint | undefined {
  const [digits = "0", exponent = "0"] = exact.split("e");
  const shift = Number(exponent);
  if (shift < 0 || shift > 1000) return undefined;
  return BigInt(digits + "0".repeat(shift));
}
