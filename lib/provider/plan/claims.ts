import { spanText } from "../../contract";
import { isUnknown } from "../../tfplugin";
import { replacedId } from "../revision";
import type { Values } from "../shape";
import type { PlanDraft, PlanRule } from "./rule";

interface Claim {
  /** Which object claims: an id, or something that stands for one to come. */
  readonly owner: unknown;
  readonly values: Values;
}

/** Which forward of this plan has which port. Plans come one by one, in any order and perhaps twice. */
export class Claims {
  private readonly claims = new Map<string, Claim>();

  /** Claims consecutive ports of a place; resolves with the first claim of somebody else that is in the way. */
  take(place: string, first: number, count: number, claim: Claim): Claim | undefined {
    for (let port = first; port < first + count; port++) {
      const key = `${place} ${port}`;
      const other = this.claims.get(key);
      if (other && other.owner !== claim.owner) return other;
      this.claims.set(key, claim);
    }
    return undefined;
  }
}

/**
 * Two forwards of one plan cannot have the same external port, nor the same port of an instance. Only what is known is
 * compared, and what is destroyed in the same plan is not planned here, so what this refuses cannot work.
 */
export const claimPorts: PlanRule = async (draft) => {
  const { next, session, diagnostics } = draft;
  const { protocol, port_count: count } = next;
  if (typeof protocol !== "string" || typeof count !== "number") return;
  const owner = draft.prior?.id ?? replacedId(draft.privateState) ?? draft.privateState;
  const claim = { owner, values: next };
  const { instance_id: instance, internal_port: internal, external_port: external } = next;
  if (typeof instance === "string" && typeof internal === "number") {
    const other = session.claims.take(`${instance} ${protocol}`, internal, count, claim);
    if (other) report("internal_port", `instance ${instance}`, other.values);
  }
  const address = typeof external === "number" ? await plannedAddress(draft) : undefined;
  if (address !== undefined && typeof external === "number") {
    const other = session.claims.take(`${address} ${protocol}`, external, count, claim);
    if (other) report("external_port", address, other.values);
  }

  function report(attribute: "internal_port" | "external_port", place: string, other: Values): void {
    diagnostics.error(
      `Two forwards of this plan have the same ${attribute}`,
      `${describe(next, attribute)}, and so has another forward of this plan: ${describe(other, attribute)}. ` +
        `A ${String(protocol)} port of ${place} leads to one place: change one of them, or remove it.`,
      attribute,
    );
  }
};

/** The address that a forward is going to have: the one that is written, or that of its project where there is no other. */
export async function plannedAddress({
  next,
  config,
  session,
  signal,
}: PlanDraft): Promise<string | undefined> {
  const { external_ip: address, project_id: project } = next;
  if (typeof address === "string") return address;
  // One that depends on something else may be any.
  if (isUnknown(config.external_ip) || !session.options.reachable) return undefined;
  return session.defaultExternalIp(typeof project === "string" ? project : undefined, signal);
}

function describe(values: Values, attribute: "internal_port" | "external_port"): string {
  const span = spanText({ first: Number(values[attribute]), count: Number(values.port_count) });
  const { internal_port, description } = values;
  const of = attribute === "external_port" ? ` for internal_port ${String(internal_port)}` : "";
  const about = description ? ` ("${String(description)}")` : "";
  return `${attribute} is ${span}/${String(values.protocol)}${of}${about}`;
}
