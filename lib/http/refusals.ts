import { type CollectionName, type ErrorCode, errors } from "../contract";
import { Problem, problemType } from "./problem";

/** What any call may be told. */
const always = [
  "malformed_request",
  "unauthenticated",
  "forbidden",
  "too_many_requests",
  "internal",
  "unreachable",
  "cloud_refused",
] as const satisfies ErrorCode[];

/** What any change may be told. */
const changing = ["invalid_argument", "unsupported", "storage_unavailable"] as const satisfies ErrorCode[];

const portRules = [
  "blocked",
  "project_mismatch",
  "unknown_external_ip",
  "external_port_taken",
  "internal_port_taken",
  "external_port_out_of_range",
  "external_port_unavailable",
] as const satisfies ErrorCode[];

/** What the rules of each noun refuse, when it is made, changed or deleted. */
const ruled: Partial<Record<CollectionName, Record<"create" | "update" | "delete", readonly ErrorCode[]>>> = {
  projects: {
    create: ["project_name_taken", "private_addresses_exhausted"],
    update: ["project_name_taken"],
    delete: ["project_not_empty"],
  },
  instances: {
    create: [
      ...["unknown_image", "unknown_flavor", "quota_exceeded"],
      ...["private_addresses_exhausted", "instance_failed"],
    ] as ErrorCode[],
    update: ["unknown_flavor", "instance_failed"],
    delete: ["deletion_protected"],
  },
  portForwards: {
    create: [...portRules, "quota_exceeded", "external_ports_exhausted"],
    update: portRules,
    delete: ["deletion_protected"],
  },
};

/** How a call may be refused, as answers of OpenAPI: one for each HTTP status, with the codes that it may bear. */
export function refusals(
  call: "ask" | "list" | "get" | "create" | "update" | "delete",
  collection?: CollectionName,
): Record<number, { description: string; content: Record<string, { schema: typeof Problem }> }> {
  const codes = new Set<ErrorCode>([...always, ...codesOf(call, collection)]);
  const statuses = [...new Set([...codes].map((code) => errors[code].status))].sort((a, b) => a - b);
  return Object.fromEntries(
    statuses.map((status) => {
      const borne = [...codes].filter((code) => errors[code].status === status);
      const description = `A problem (RFC 9457): ${borne.map((code) => `\`${code}\``).join(", ")}.`;
      return [status, { description, content: { [problemType]: { schema: Problem } } }];
    }),
  );
}

function codesOf(
  call: Parameters<typeof refusals>[0],
  collection: CollectionName | undefined,
): readonly ErrorCode[] {
  if (call === "ask") return [];
  if (call === "list") return ["invalid_argument"];
  if (call === "get") return ["not_found"];
  const rules = (collection && ruled[collection]?.[call]) ?? [];
  if (call === "create") return [...changing, ...rules, "idempotency_key_reused"];
  return [...changing, ...rules, "not_found", "revision_mismatch"];
}
