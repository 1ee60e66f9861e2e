/**
 * A name that people read, made of a construct id: "WebServer" gives "web-server", "HTTPProxy2"
 * "http-proxy2". It is part of what is deployed, so it never changes for the same id.
 */
export function readableName(constructId: string): string {
  return constructId
    .replace(/(\p{Ll}|\p{N})(\p{Lu})/gu, "$1-$2")
    .replace(/(\p{Lu})(\p{Lu}\p{Ll})/gu, "$1-$2")
    .replace(/[^\p{L}\p{M}\p{N}._]+/gu, "-")
    .toLowerCase()
    .slice(0, 63)
    .replace(/^[^\p{L}\p{N}]+|[^\p{L}\p{M}\p{N}]+$/gu, "");
}
