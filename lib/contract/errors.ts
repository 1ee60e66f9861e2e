/** Everything that can go wrong on a platform: code, HTTP status, title, and what to do next. One place, every layer. */
export const errors = {
  invalid_argument: {
    status: 422,
    title: "Invalid argument",
    hint: "Correct the field and try again.",
  },
  malformed_request: {
    status: 400,
    title: "Malformed request",
    hint: "Send one JSON object as the body, with content-type application/json.",
  },
  unauthenticated: {
    status: 401,
    title: "Not authenticated",
    hint: "Set FAIRLEAD_TOKEN, or FAIRLEAD_TOKEN_FILE to the token file that the platform names when it starts.",
  },
  not_found: {
    status: 404,
    title: "Not found",
    hint: "Check the id; `fairlead forward list` shows what the platform holds.",
  },
  unknown_route: {
    status: 404,
    title: "No such route",
    hint: "GET /openapi.json describes every operation; the endpoint is the platform's URL without /v1.",
  },
  method_not_allowed: {
    status: 405,
    title: "Method not allowed",
    hint: "GET /openapi.json describes every operation.",
  },
  project_name_taken: {
    status: 409,
    title: "Project name taken",
    hint: "Choose another name, or use the existing project: Project.fromLookup in code, `terraform import` in a state.",
  },
  project_not_empty: {
    status: 409,
    title: "Project not empty",
    hint: "Delete what is left in the project first.",
  },
  project_mismatch: {
    status: 422,
    title: "Instance of another project",
    hint: "A forward may only target an instance of its own project.",
  },
  unknown_image: {
    status: 422,
    title: "Unknown image",
    hint: "Use one of the platform's images, or add it to the platform's configuration.",
  },
  unknown_flavor: {
    status: 422,
    title: "Unknown flavor",
    hint: "Use one of the platform's flavors, or add it to the platform's configuration.",
  },
  unknown_external_ip: {
    status: 422,
    title: "Unknown external address",
    hint: "Use one of the project's external addresses, or leave the address out and let the platform choose.",
  },
  external_port_taken: {
    status: 409,
    title: "External port taken",
    hint: "Choose a free port, or leave the external port out and let the platform assign one.",
  },
  internal_port_taken: {
    status: 409,
    title: "Internal port already forwarded",
    hint: "Use the forward that exists, or delete it first.",
  },
  external_port_out_of_range: {
    status: 422,
    title: "External port out of range",
    hint: "Choose a port in the platform's range, or leave the external port out and let the platform assign one.",
  },
  external_port_unavailable: {
    status: 409,
    title: "External port not available on the host",
    hint: "Choose another port, or mend on the platform's host what the message names.",
  },
  external_ports_exhausted: {
    status: 409,
    title: "No external port left",
    hint: "Delete forwards that are not used, or give the platform a wider range (--ports).",
  },
  private_addresses_exhausted: {
    status: 409,
    title: "No private address left",
    hint: "Delete instances or projects that are not used.",
  },
  quota_exceeded: {
    status: 409,
    title: "Quota exceeded",
    hint: "Delete what is not used (`fairlead forward list --unused 30d`), or raise the project's quota.",
  },
  deletion_protected: {
    status: 409,
    title: "Protected against deletion",
    hint: "Set deletionProtection (deletion_protection in Terraform) to false, apply that, and delete then.",
  },
  unsupported: {
    status: 422,
    title: "Not possible on this platform",
    hint: "Leave the field out, or use a platform that can enforce it.",
  },
  platform_outdated: {
    status: 501,
    title: "Platform older than its client",
    hint: "Upgrade the platform, or use the version of fairlead that fits it.",
  },
  instance_failed: {
    // No 502: clients take that for a passing fault and try again.
    status: 500,
    title: "Instance did not start",
    hint: "Correct the image's command in the platform's configuration and try again.",
  },
  idempotency_key_reused: {
    status: 422,
    title: "Idempotency key reused",
    hint: "Use a new key for another request; a key stands for one request body.",
  },
  revision_mismatch: {
    status: 412,
    title: "Changed in the meantime",
    hint: "Read it again and repeat the change on what is there now.",
  },
  unreachable: {
    status: 503,
    title: "Platform unreachable",
    hint: "Check that the platform runs and that FAIRLEAD_ENDPOINT, or the provider's endpoint argument, names it.",
  },
  internal: {
    status: 500,
    title: "Internal error",
    hint: "Report it with the request id; the platform's log has the cause.",
  },
} as const satisfies Record<string, { status: number; title: string; hint: string }>;

/** A code of the error catalogue. */
export type ErrorCode = keyof typeof errors;

/** What an error may say beyond its message. */
export interface ErrorContext {
  /** The field that is at fault, as a JSON pointer into the request's body: `/externalPort`. */
  readonly field?: string;
  /** Facts for programs: who holds a port, which ports are free, what is left in a project. */
  readonly details?: Readonly<Record<string, unknown>>;
  /** The request that failed, as the platform logged it. */
  readonly requestId?: string;
  readonly cause?: unknown;
}

/**
 * The one error that a Platform rejects with. The message names what was given and what is allowed;
 * `hint` is the next step.
 */
export class PlatformError extends Error {
  override readonly name = "PlatformError";
  readonly field: string | undefined;
  readonly details: Readonly<Record<string, unknown>> | undefined;
  readonly requestId: string | undefined;

  constructor(
    readonly code: ErrorCode,
    message: string,
    context: ErrorContext = {},
  ) {
    super(message, { cause: context.cause });
    this.field = context.field;
    this.details = context.details;
    this.requestId = context.requestId;
  }

  get status(): number {
    return errors[this.code].status;
  }

  get title(): string {
    return errors[this.code].title;
  }

  get hint(): string {
    return errors[this.code].hint;
  }
}
