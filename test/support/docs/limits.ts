import type { Attribute } from "../../../lib/tfplugin";

/**
 * What an attribute allows, in the words in which its validators refuse something else: values that are wrong in
 * each way are tried, so the page says what the user would be told.
 */
export function limitsOf({ type, options }: Attribute): string[] {
  const validators = options.validate ?? [];
  const refusal = (value: unknown) =>
    validators
      .map((validate) => validate(value, { path: [], diagnostics: undefined as never }))
      .find((text) => text !== undefined);
  const fitting = (value: unknown) => refusal(value) === undefined;
  // Where the wrong type is refused with numbers, that is the whole rule.
  const { description = "" } = options;
  const whole = rulesIn(refusal(Array.isArray(type) ? 0 : {})).filter((rule) => /\d/.test(rule));
  const rules =
    whole.length > 0 ? whole : wrongValues(type, fitting).flatMap((value) => rulesIn(refusal(value)));
  return [...new Set(rules)].filter((rule) => !saidIn(description, rule));
}

/** Whether a description has every number and word that a rule names already. */
function saidIn(description: string, rule: string): boolean {
  const facts = rule.match(/\d[\d,]*|"\w+"/g) ?? [];
  const text = description.replaceAll(",", "");
  return (
    facts.length > 0 && facts.every((fact) => new RegExp(`\\b${fact.replace(/[",]/g, "")}\\b`).test(text))
  );
}

/** `name is "?", but a name has 1 to 63 letters.` -> the rule. What only says that the type is wrong is left out. */
function rulesIn(refusal: string | undefined): string[] {
  const rule = /, but ([\s\S]+)\.$/.exec(refusal ?? "")?.[1];
  return rule === undefined || /^Too |not empty$|is a string$/.test(rule) ? [] : [rule];
}

const unprintable = "\u0001";
/** More than any list or map may have, and less than what is refused before its own rule is asked. */
const many = 900;
const fits = ["x", "10.0.0.0/8", "ssh-ed25519 AAAA"];

function wrongValues(type: Attribute["type"], fitting: (value: unknown) => boolean): unknown[] {
  if (type === "string") return [unprintable, "x".repeat(100_000)];
  if (type === "number") return [0.5, -1, 1e9];
  const [kind] = type;
  if (kind === "map") {
    return [
      { [unprintable]: "" },
      Object.fromEntries(Array.from({ length: many }, (_, index) => [`key-${index}`, ""])),
    ];
  }
  if (kind !== "set" && kind !== "list") return [];
  return [
    [unprintable],
    ...fits.filter((item) => fitting([item])).map((item) => Array<string>(many).fill(item)),
  ];
}
