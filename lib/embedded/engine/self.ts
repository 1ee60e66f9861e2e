/** What a built-in image's program knows of its instance. */
export interface Self {
  readonly name: string;
  readonly image: string;
  /** The only address that it may bind. */
  readonly privateIp: string;
}

/**
 * Reads from the environment which instance this program is, and ends the program when the platform is
 * gone: the engine holds the other end of standard input, which the kernel closes even after `kill -9`.
 * Exits with code 1 outside of an instance.
 */
export function self(): Self {
  const { FAIRLEAD_INSTANCE_NAME: name, FAIRLEAD_IMAGE: image, FAIRLEAD_PRIVATE_IP: privateIp } = process.env;
  if (!name || !image || !privateIp) {
    console.error("this program is an instance: the platform starts it, with FAIRLEAD_PRIVATE_IP set");
    process.exit(1);
  }
  const leave = () => process.exit(0);
  process.stdin.on("end", leave).on("error", leave).resume();
  return { name, image, privateIp };
}
