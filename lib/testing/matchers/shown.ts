import { Construct } from "constructs";

/** An expectation as it was written, for the head of a message: `{ port: 22, from: "198.51.100.0/24" }`. */
export function shown(expectation: object, before = ""): string {
  const parts = Object.entries(expectation)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}: ${text(value)}`);
  return parts.length === 0 ? "" : `${before}{ ${parts.join(", ")} }`;
}

/** A value as people know it: constructs by their path, ports as "22/tcp", all else as JSON. */
export function text(value: unknown): string {
  if (value === undefined) return "nothing";
  if (Array.isArray(value)) return `[${value.map(text).join(", ")}]`;
  if (Construct.isConstruct(value)) return value.node.path;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const { toAsymmetricMatcher, sample } = value as AsymmetricMatcher;
  if (toAsymmetricMatcher) return toAsymmetricMatcher.call(value);
  // Ports, peers and dates say what they are.
  const name = value.toString === Object.prototype.toString ? JSON.stringify(value) : String(value);
  return sample === undefined ? name : `${name} ${text(sample)}`;
}

/** `expect.any(Number)` says all of itself, `expect.stringContaining("ssh")` but its kind. */
interface AsymmetricMatcher {
  toAsymmetricMatcher?(): string;
  readonly sample?: unknown;
}
