import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { inflateRawSync } from "node:zlib";

/** Files below a folder that say a planted secret, as it is or in an archive; the provider's copies aside. */
export function filesThatSay(planted: string, folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => !/(^|\/)(\.terraform|terraform\.d)(\/|$)/.test(name))
    .map((name) => join(folder, name))
    .filter((file) => statSync(file).isFile())
    .filter((file) => unpacked(readFileSync(file)).some((text) => text.includes(planted)));
}

/** A file's content and, of a zip archive such as a plan, that of each of its members. */
function unpacked(content: Buffer): string[] {
  const texts = [content.toString("latin1")];
  const signature = Buffer.from("PK\x01\x02", "latin1");
  for (let at = content.indexOf(signature); at >= 0; at = content.indexOf(signature, at + 4)) {
    const method = content.readUInt16LE(at + 10);
    const size = content.readUInt32LE(at + 20);
    const local = content.readUInt32LE(at + 42);
    const begin = local + 30 + content.readUInt16LE(local + 26) + content.readUInt16LE(local + 28);
    const member = content.subarray(begin, begin + size);
    texts.push((method === 8 ? inflateRawSync(member) : member).toString("latin1"));
  }
  return texts;
}
