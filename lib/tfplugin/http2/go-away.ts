import type { Socket } from "node:net";
import { Output } from "./output";
import { type ConnectionError, frameType } from "./protocol";
import { settingsPayload } from "./settings";

/** Says why a connection ends, and ends it. */
export function goAway(socket: Socket, output: Output, lastStream: number, error: ConnectionError): void {
  const payload = Buffer.alloc(8 + Buffer.byteLength(error.message));
  payload.writeUInt32BE(lastStream, 0);
  payload.writeUInt32BE(error.code, 4);
  payload.write(error.message, 8);
  output.frame(frameType.goAway, 0, 0, payload);
  output.flush();
  socket.destroySoon();
}

/** Ends a connection before anything was read of it. */
export function refuse(socket: Socket, error: ConnectionError): void {
  const output = new Output(socket);
  output.frame(frameType.settings, 0, 0, settingsPayload([]));
  goAway(socket, output, 0, error);
}
