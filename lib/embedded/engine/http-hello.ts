import { createServer as createHttpServer } from "node:http";
import { createServer, type Socket } from "node:net";
import { self } from "./self";

// The program of the built-in image `http-hello`: a web service and an SSH-like one, as in the guide.

const { name, image, privateIp } = self();

for (const port of [8080, 8081]) {
  createHttpServer((_request, response) => {
    response.setHeader("content-type", "text/plain; charset=utf-8");
    response.end(`hello from ${name} (${privateIp}:${port}, image ${image})\n`);
  }).listen(port, privateIp);
}

// Enough of RFC 4253, section 4.2, to be recognized; then a line of the client's, or 5 s, ends it.
createServer((socket: Socket) => {
  socket.on("error", () => socket.destroy());
  socket.setTimeout(5000, () => socket.destroy());
  socket.on("data", (chunk) => {
    if (chunk.includes("\n")) socket.end();
  });
  socket.write(`SSH-2.0-Fairlead_hello ${name}\r\n`);
}).listen(2222, privateIp);
