import { forwardKey, overlap, type PortSpan, spanText } from "../../contract";
import { importBlock } from "../import-block";
import { replacedId } from "../revision";
import type { Session } from "../session";
import { resourceTypes } from "../shape";
import type { Entity } from "../snapshot";
import { plannedAddress } from "./claims";
import type { PlanDraft, PlanRule } from "./rule";

type Forward = Entity<"portForwards">;

/**
 * A chosen port that somebody holds is found at plan. It is an error only where the holder cannot go away in the same
 * apply: one of this state may be about to be destroyed or to move, and then a warning is all that is right.
 */
export const findHolder: PlanRule = async (draft) => {
  const { next, prior, session, signal, diagnostics } = draft;
  const wanted = chosenPorts(draft);
  // Behind the first change of an apply the list that the plan saw says nothing any more; the platform checks again.
  if (!wanted || !session.options.reachable || session.snapshots.written) return;
  const address = await plannedAddress(draft);
  if (address === undefined) return;
  const own = prior?.id ?? replacedId(draft.privateState);
  const rivals = (await session.snapshots.all("portForwards", undefined, signal)).filter(
    (forward) => forward.externalIp === address && forward.protocol === next.protocol && forward.id !== own,
  );
  const holder = rivals.find((forward) => overlap(spanOf(forward), wanted));
  if (!holder) return;
  const text = `external_port is ${spanText(wanted)}, but ${await describe(holder, session, signal)}. ${await offer(draft, wanted, rivals)}`;
  if (mayGo(holder, session)) {
    diagnostics.warning(
      "External port taken, so far",
      `${text} The apply succeeds if the holder leaves the port before; else it fails.`,
      "external_port",
    );
  } else {
    const { block, note } = importBlock(resourceTypes.portForwards, forwardKey(holder));
    diagnostics.error(
      "External port taken",
      `${text} To bring that forward under this code instead, ${note}:\n\n${block}\n\nCode: external_port_taken.`,
      "external_port",
    );
  }
};

/** The external ports that this plan asks for, where they are chosen and not held already. */
function chosenPorts({ next, prior }: PlanDraft): PortSpan | undefined {
  const { external_port: first, port_count: count, protocol } = next;
  if (typeof first !== "number" || typeof count !== "number" || typeof protocol !== "string")
    return undefined;
  const unchanged = (["external_port", "port_count", "protocol", "external_ip"] as const).every(
    (attribute) => next[attribute] === prior?.[attribute],
  );
  return unchanged ? undefined : { first, count };
}

/** Whether it may be this very state that holds the port. */
function mayGo(holder: Forward, { options, seen }: Session): boolean {
  return seen.has(holder.id) || holder.ownershipId === options.ownershipId;
}

/** Who holds it, as far as the token may see that. */
async function describe(holder: Forward, session: Session, signal: AbortSignal): Promise<string> {
  const projects = await session.snapshots.all("projects", undefined, signal);
  const project = projects.find(({ id }) => id === holder.projectId)?.name ?? holder.projectId;
  const instances = await session.snapshots.all("instances", holder.projectId, signal);
  const instance = instances.find(({ id }) => id === holder.instanceId);
  const target = instance ? `to instance ${instance.name}` : "detached";
  const mark =
    holder.ownershipId === null ? "it bears no ownership mark" : `it bears the mark ${holder.ownershipId}`;
  return `${forwardKey(holder)} is held by port forward ${holder.id} of project ${project}, ${target}; ${mark}`;
}

/** Three free places nearby, nearest first. */
async function offer(
  { session, signal }: PlanDraft,
  wanted: PortSpan,
  rivals: readonly Forward[],
): Promise<string> {
  const { from, to } = (await session.info(signal)).externalPorts;
  const { count } = wanted;
  const free: string[] = [];
  for (let distance = 1; distance <= to - from && free.length < 3; distance++) {
    for (const first of [wanted.first + distance, wanted.first - distance]) {
      const span = { first, count };
      const inRange = first >= from && first + count - 1 <= to;
      if (inRange && free.length < 3 && !rivals.some((rival) => overlap(spanOf(rival), span)))
        free.push(spanText(span));
    }
  }
  return free.length > 0 ? `Free nearby: ${free.join(", ")}.` : "No port is free.";
}

const spanOf = (forward: Forward): PortSpan => ({ first: forward.externalPort, count: forward.portCount });
