import { createSocket } from "node:dgram";
import { createServer } from "node:net";
import { self } from "./self";

// The program of the built-in image `echo`: what arrives on port 7007 goes back, by TCP and by UDP.

const port = 7007;
const { privateIp } = self();

const datagrams = createSocket("udp4");
datagrams.on("message", (data, from) => datagrams.send(data, from.port, from.address, () => undefined));
datagrams.bind(port, privateIp, () => {
  // TCP second, since that is what the engine waits for: an instance that is usable answers both.
  // Half-open, so that a client may finish sending and then read the rest; `pipe` holds the sender back.
  createServer({ allowHalfOpen: true }, (socket) => {
    socket.on("error", () => socket.destroy());
    socket.pipe(socket);
  }).listen(port, privateIp);
});
