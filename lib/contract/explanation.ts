import * as z from "zod";
import { PortForward } from "./port-forward";

/** One stretch of the way from a client to an instance, or what is known of it. */
export const Hop = z.object({
  name: z
    .enum([
      "row",
      "owner",
      "listener",
      "sources",
      "instance",
      "guest port",
      "last use",
      "last refusal",
      "last change",
    ])
    .describe("Which one."),
  ok: z.boolean().nullable().describe("Whether it lets packets pass; null where that is not the question."),
  text: z.string().describe("What there is to say, in a sentence."),
});
export type Hop = z.output<typeof Hop>;

/** What becomes of a connection to a forward, hop by hop. */
export const Explanation = z.object({
  forward: PortForward.describe("The forward as it is now."),
  hops: z.array(Hop).describe("From outside to inside, then what happened last."),
});
export type Explanation = z.output<typeof Explanation>;
