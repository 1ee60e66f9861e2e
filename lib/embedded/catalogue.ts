import { pageOfNames, type Reader } from "../contract";

/** A read-only collection that is known from the start. */
export const catalogueReader = <E extends { readonly name: string }>(entries: readonly E[]): Reader<E> => ({
  list: async (query) => pageOfNames(entries, query),
});
