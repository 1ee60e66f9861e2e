import { type ErrorCode, PlatformError } from "../contract";
import { CloudError } from "./cloud";

/** Neutron's names for what has run out. */
const exhausted: Readonly<Record<string, ErrorCode>> = {
  OverQuota: "quota_exceeded",
  IpAddressGenerationFailure: "private_addresses_exhausted",
  ExternalIpAddressExhausted: "external_ports_exhausted",
};

/**
 * An answer of OpenStack as an error of the catalogue, as far as its status and name tell; who knows more of what was
 * asked translates that before. OpenStack's own words are part of the message.
 * @param doing what was being done: "The instance web could not be made"
 */
export function translate(error: CloudError, doing: string): PlatformError {
  return new PlatformError(codeOf(error), `${doing}: ${sentence(error.message)}`, {
    ...(error.requestId === undefined ? {} : { requestId: error.requestId }),
    details: { service: error.service, status: error.status, ...(error.type ? { type: error.type } : {}) },
    cause: error,
  });
}

function codeOf({ status, type, message }: CloudError): ErrorCode {
  if (type && exhausted[type]) return exhausted[type];
  // Nova tells a quota from a right by its text alone.
  if (/quota exceeded|exceeds? (the )?quota/i.test(message) || status === 413) return "quota_exceeded";
  if (status === 401) return "unauthenticated";
  if (status === 403) return "forbidden";
  if (status === 404) return "not_found";
  if (status === 502 || status === 503 || status === 504 || status === 429) return "unreachable";
  return status < 500 ? "cloud_refused" : "internal";
}

/** OpenStack's words as one sentence. */
function sentence(text: string): string {
  const trimmed = text.trim();
  return /[.!?]$/.test(trimmed) ? trimmed : `${trimmed}.`;
}

/** Does something, and rejects with PlatformErrors only. */
export async function inOurWords<T>(doing: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof CloudError ? translate(error, doing) : error;
  }
}
