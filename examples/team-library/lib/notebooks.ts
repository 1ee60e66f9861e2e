import { createServer } from "node:http";

// Stands in for the machine with notebooks; it ends with the platform, which holds the other end of its input.
createServer((_request, response) => response.end("notebooks")).listen(8080, process.env.FAIRLEAD_PRIVATE_IP);
process.stdin.on("end", () => process.exit()).resume();
