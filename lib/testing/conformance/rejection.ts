import type { ErrorCode, PlatformError } from "../../contract";

/** The error that a call rejects with; fails when it does not reject, or with another code. */
export async function rejection(call: Promise<unknown>, code: ErrorCode): Promise<PlatformError> {
  const error = await call.then(
    (value) => {
      throw new Error(`resolved with ${JSON.stringify(value)} instead of rejecting with ${code}`);
    },
    (reason: PlatformError) => reason,
  );
  expect({ name: error.name, code: error.code, message: error.message }).toMatchObject({
    name: "PlatformError",
    code,
  });
  return error;
}
