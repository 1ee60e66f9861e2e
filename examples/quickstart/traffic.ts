import { createSocket } from "node:dgram";
import { connect } from "node:net";

const patienceMs = 5000;

/** What answers at an address: the first line that comes back. Rejects when nothing does. */
export async function answerOf(protocol: "tcp" | "udp", host: string, port: number): Promise<string> {
  if (protocol === "udp") return `echoed ${JSON.stringify(await udp(host, port, "ahoy"))}`;
  // What is a web, ssh or echo service shows in what it says: an HTTP server to a request, ssh at once.
  const said = await tcp(host, port, "GET / HTTP/1.1\r\nHost: fairlead\r\nConnection: close\r\n\r\n");
  if (said.startsWith("HTTP/")) return said.split("\r\n\r\n")[1]!.trim().split("\n").filter(isText).join(" ");
  if (said.startsWith("GET / ")) return "echoed our request";
  return said.split("\r\n")[0]!;
}

/** True when nothing listens there any more. */
export async function isSilent(protocol: "tcp" | "udp", host: string, port: number): Promise<boolean> {
  return answerOf(protocol, host, port).then(
    () => false,
    () => true,
  );
}

// Chunk sizes of HTTP are no text.
const isText = (line: string) => !/^[0-9a-f]*\r?$/.test(line);

function tcp(host: string, port: number, request: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = "";
    const socket = connect({ host, port }, () => socket.write(request));
    socket.setTimeout(patienceMs, () => socket.destroy(new Error(`${host}:${port} did not answer`)));
    socket.on("error", reject);
    socket.on("data", (data) => {
      said += data.toString();
      if (!said.startsWith("HTTP/") || said.includes("0\r\n\r\n") || /\r\n\r\n.*\n$/s.test(said))
        socket.end();
    });
    socket.on("close", () => (said ? resolve(said) : reject(new Error(`${host}:${port} said nothing`))));
  });
}

function udp(host: string, port: number, datagram: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = createSocket("udp4");
    const finish = (act: () => void) => {
      clearTimeout(timer);
      socket.close();
      act();
    };
    const timer = setTimeout(() => finish(() => reject(new Error(`${host}:${port} did not answer`))), 1000);
    socket.once("error", (error) => finish(() => reject(error)));
    socket.once("message", (message) => finish(() => resolve(message.toString())));
    socket.connect(port, host, () => socket.send(datagram));
  });
}
