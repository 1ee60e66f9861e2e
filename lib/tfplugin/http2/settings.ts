import { ConnectionError, DEFAULT_FRAME_SIZE, errorCode, MAX_31_BIT, setting } from "./protocol";

const ENTRY = 6;
const MAX_FRAME_SIZE = 0xffffff;

type Setting = readonly [name: number, value: number];

/** The payload of a SETTINGS frame. */
export function settingsPayload(settings: readonly Setting[]): Buffer {
  const payload = Buffer.alloc(settings.length * ENTRY);
  for (const [index, [name, value]] of settings.entries()) {
    payload.writeUInt16BE(name, index * ENTRY);
    payload.writeUInt32BE(value, index * ENTRY + 2);
  }
  return payload;
}

/** The settings of a SETTINGS frame. @throws ConnectionError for one that may not be */
export function readSettings(payload: Buffer): Setting[] {
  if (payload.length % ENTRY !== 0) {
    throw new ConnectionError(errorCode.frameSize, "SETTINGS has a wrong size.");
  }
  const settings: Setting[] = [];
  for (let at = 0; at < payload.length; at += ENTRY) {
    const name = payload.readUInt16BE(at);
    const value = payload.readUInt32BE(at + 2);
    check(name, value);
    settings.push([name, value]);
  }
  return settings;
}

function check(name: number, value: number): void {
  if (name === setting.initialWindowSize && value > MAX_31_BIT) {
    throw new ConnectionError(errorCode.flowControl, `A window of ${value} bytes is too large.`);
  }
  const wrong =
    (name === setting.enablePush && value > 1) ||
    (name === setting.maxFrameSize && (value < DEFAULT_FRAME_SIZE || value > MAX_FRAME_SIZE));
  if (wrong) throw new ConnectionError(errorCode.protocol, `The setting ${name} cannot be ${value}.`);
}
