/** The contract on the wire, both ends side by side: routes, problems, client, server and the OpenAPI document. */
export { type HttpPlatformOptions, httpPlatform } from "./client";
export { type PlatformServer, type ServeOptions, servePlatform } from "./server";
