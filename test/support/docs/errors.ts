import { type ErrorCode, errors } from "../../../lib/contract";
import { table } from "./attributes";

/** The generated parts of `docs/errors.md`: a line for each code, and what each is about. */
export function errorSections(): Map<string, string> {
  const codes = Object.keys(errors) as ErrorCode[];
  const overview = table(
    ["Code", "HTTP", "Title"],
    codes.map((code) => [`[\`${code}\`](#${code})`, String(errors[code].status), errors[code].title]),
  );
  const each = codes.map((code) => {
    const { status, title, when, hint } = errors[code];
    return `### ${code}\n\n**${title}** (HTTP ${status})\n\n- When: ${when}\n- What to do: ${hint}`;
  });
  return new Map([
    ["overview", overview],
    ["codes", each.join("\n\n")],
  ]);
}
