/**
 * An image of the `process` engine: a command, run once for each instance.
 *
 * It has to stay in the foreground (`sshd -D`), and to bind only `FAIRLEAD_PRIVATE_IP`: every instance has
 * an address of its own, so all of them may use the same port. Arguments and `env` values may hold
 * `${FAIRLEAD_PRIVATE_IP}` and the other variables of `machineEnvironment`. Its standard input stays open
 * and silent for as long as the platform lives, so a program can end with it by reading to the end.
 *
 * What the instance is told is in files of its folder that only the platform's user can read, and nowhere else:
 * - `FAIRLEAD_USER_DATA_FILE` names the user data. There is no such file where the instance has none.
 * - `FAIRLEAD_AUTHORIZED_KEYS_FILE` names the SSH keys, one a line as in `authorized_keys` (for `sshd`:
 *   `-o AuthorizedKeysFile=${FAIRLEAD_AUTHORIZED_KEYS_FILE}`). It is always there, and replaced as a whole when
 *   the keys change, without a restart.
 *
 * The memory and CPUs of the flavor hold as far as the host can enforce them, see `Engine.limits`.
 */
export interface ProcessImage {
  readonly description: string;
  /**
   * The program and its arguments, passed without a shell. A name without a slash is looked up on PATH; a
   * relative path starts at the instance's own folder, which is also the working directory.
   */
  readonly command: readonly string[];
  /**
   * Variables besides those of `machineEnvironment`; they may replace PATH, HOME, LANG and TZ.
   *
   * @default none: nothing else of the platform's own environment is passed on
   */
  readonly env?: Readonly<Record<string, string>>;
  /**
   * When the instance counts as usable: once each of these TCP ports of its private address accepts.
   *
   * @default usable when the command has lived for `Limits.settleMs`
   */
  readonly ready?: { readonly tcp: number | readonly number[] };
}
