import { type Catalogue, collections, listAll, type Reader } from "../contract";
import { attribute, type DataSource, forClient } from "../tfplugin";
import { attributeOf } from "./attribute";
import { computed } from "./fact";
import { attributeName } from "./name";
import type { Session } from "./session";

const { defineDataSource } = forClient<Session>();

/** A collection that can only be read, as a data source that gives all of it. */
function catalogueSource(name: "images" | "flavors", description: string): DataSource<Session> {
  const { entity }: Catalogue = collections[name];
  const fields = Object.keys(entity.shape);
  const item = Object.fromEntries(
    fields.map((field) => [attributeName(field), attributeOf(collections[name], field, computed)]),
  );
  return defineDataSource({
    description,
    attributes: { [name]: attribute.nested.list(item, { computed: true, description }) },
    async read({ client, signal }) {
      const entries = await listAll<Record<string, unknown>, object>(
        client.platform[name] as unknown as Reader<Record<string, unknown>>,
        {},
        { signal },
      );
      return {
        [name]: entries.map((entry) =>
          Object.fromEntries(fields.map((field) => [attributeName(field), entry[field] ?? null])),
        ),
      };
    },
  });
}

/** `data.fairlead_images` */
export const images = catalogueSource("images", "The images that instances of the platform can run.");
/** `data.fairlead_flavors` */
export const flavors = catalogueSource("flavors", "The sizes that instances of the platform can have.");
