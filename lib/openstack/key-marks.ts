import { RepeatableCreates } from "../contract";
import { digestOf } from "./marks";

/** A key as it stands in marks: there is little room. */
export const keyDigest = (key: string): string => digestOf(key, 16);

/** Creates that are found again by short marks. */
export const repeatableCreates = (): RepeatableCreates =>
  new RepeatableCreates({ keyOf: keyDigest, requestLength: 8 });
