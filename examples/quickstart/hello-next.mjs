// What the image "http-hello-next" runs: any program that listens on the instance's private address.
import { createServer as httpServer } from "node:http";
import { createServer as tcpServer } from "node:net";

const { FAIRLEAD_INSTANCE_NAME: name, FAIRLEAD_PRIVATE_IP: ip } = process.env;

for (const port of [8080, 8081]) {
  httpServer((_, response) => response.end(`hello from the rebuilt ${name} (${ip}:${port})\n`)).listen(
    port,
    ip,
  );
}
tcpServer((socket) => socket.on("error", () => {}).end(`SSH-2.0-next_${name}\r\n`)).listen(2222, ip);

// The platform holds our standard input open; when it is gone, so are we.
process.stdin.resume().on("end", () => process.exit());
