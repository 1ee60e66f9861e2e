import type { ClientHttp2Session, ClientHttp2Stream } from "node:http2";

/** How a gRPC call ended. */
export interface GrpcAnswer {
  readonly status: number;
  readonly message: string;
  readonly body: Buffer;
}

/** Begins a gRPC call by hand, and sends its message. */
export function beginGrpc(session: ClientHttp2Session, name: string, message: Uint8Array): ClientHttp2Stream {
  const stream = session.request({
    ":method": "POST",
    ":path": name,
    "content-type": "application/grpc",
    te: "trailers",
  });
  const prefix = Buffer.alloc(5);
  prefix.writeUInt32BE(message.length, 1);
  stream.write(prefix);
  stream.end(message);
  return stream;
}

/** One gRPC call. */
export function callGrpc(
  session: ClientHttp2Session,
  name: string,
  message: Uint8Array,
): Promise<GrpcAnswer> {
  return new Promise((resolve, reject) => {
    const stream = beginGrpc(session, name, message);
    const chunks: Buffer[] = [];
    let status: unknown;
    let text: unknown;
    const note = (headers: { [name: string]: unknown }) => {
      status ??= headers["grpc-status"];
      text ??= headers["grpc-message"];
    };
    stream.on("response", note).on("trailers", note).on("error", reject);
    stream.on("data", (chunk: Buffer) => chunks.push(chunk));
    stream.on("close", () => {
      const body = Buffer.concat(chunks).subarray(5);
      resolve({ status: Number(status), message: decodeURIComponent(String(text ?? "")), body });
    });
  });
}
