/** UDP sockets: those of Node.js, and faster ones by calls of the system that Node.js has none of. They know no forward and no flow. */

export { fastestSockets } from "./fastest-sockets";
export { nodeSockets } from "./node-sockets";
export type { UdpEvents, UdpSocket, UdpSockets } from "./socket";
