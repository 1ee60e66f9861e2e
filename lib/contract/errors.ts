/** Everything that can go wrong on a platform: code, HTTP status, title, when, and what to do next. One place, every layer. */
export const errors = {
  invalid_argument: {
    status: 422,
    title: "Invalid argument",
    when: "A field has a value that the contract does not allow, is missing, or cannot be set. The message names the field, what was given and what is allowed; `field` points at it.",
    hint: "Correct the field and try again.",
  },
  malformed_request: {
    status: 400,
    title: "Malformed request",
    when: "The request cannot be read at all: its body is no JSON object, is too large, or a header or query parameter has the wrong form.",
    hint: "Send one JSON object as the body, with content-type application/json.",
  },
  unauthenticated: {
    status: 401,
    title: "Not authenticated",
    when: "The request has no bearer token, or one that the platform does not know; or an OpenStack cloud is not named or does not accept the credentials.",
    hint: "Set FAIRLEAD_TOKEN, or FAIRLEAD_TOKEN_FILE to the token file that the platform names when it starts. On OpenStack, correct clouds.yaml or the OS_* variables until `openstack token issue` works.",
  },
  forbidden: {
    status: 403,
    title: "Not allowed",
    when: "The credentials are good, but their owner may not do that: a token's role or project does not include it; on OpenStack, a member makes no projects, and nobody changes through Fairlead what Fairlead has not made.",
    hint: "Ask whoever runs the platform for the right (there, `fairlead token create` gives it), or use what exists: Project.fromLookup and Instance.fromLookup in code, data sources in Terraform.",
  },
  blocked: {
    status: 403,
    title: "Blocked by the administrator",
    when: "A forward is to lead to ports of an instance that the platform's administrator has closed. The message has the reason.",
    hint: "Ask the administrator, who lifts it with `fairlead forward unblock`; `fairlead forward explain` shows the block.",
  },
  not_found: {
    status: 404,
    title: "Not found",
    when: "There is nothing with that id, it was deleted, or the token may not see it. An import or a data source that finds nothing says so with this code, too.",
    hint: "Check the id; `fairlead forward list --wide` shows those that the platform has.",
  },
  unknown_route: {
    status: 404,
    title: "No such route",
    when: "The path is no operation of the API, because the endpoint has a path of its own for example.",
    hint: "GET /openapi.json describes every operation; the endpoint is the platform's URL without /v1.",
  },
  method_not_allowed: {
    status: 405,
    title: "Method not allowed",
    when: "The path exists, but not with that method: images and flavors, for example, can only be listed.",
    hint: "GET /openapi.json describes every operation.",
  },
  project_name_taken: {
    status: 409,
    title: "Project name taken",
    when: "A project is made or renamed, and another project has that name. The message says whose mark it bears and gives its import block.",
    hint: "Choose another name, or use the existing project: Project.fromLookup in code, `terraform import` in a state.",
  },
  project_not_empty: {
    status: 409,
    title: "Project not empty",
    when: "A project is deleted that still has instances or forwards. The message lists up to ten of them.",
    hint: "Delete what is left in the project first.",
  },
  project_mismatch: {
    status: 422,
    title: "Instance of another project",
    when: "A forward is to lead to an instance of another project.",
    hint: "A forward may only target an instance of its own project.",
  },
  unknown_image: {
    status: 422,
    title: "Unknown image",
    when: "An instance asks for an image that the platform does not have. The message names the closest ones.",
    hint: "Use one of the platform's images, or add it to the platform's configuration.",
  },
  unknown_flavor: {
    status: 422,
    title: "Unknown flavor",
    when: "An instance asks for a flavor that the platform does not have, when it is made or changed. The message names the closest ones.",
    hint: "Use one of the platform's flavors, or add it to the platform's configuration.",
  },
  unknown_external_ip: {
    status: 422,
    title: "Unknown external address",
    when: "A forward asks for an external address that its project does not have. The message lists those that it has.",
    hint: "Use one of the project's external addresses, or leave the address out and let the platform choose.",
  },
  external_port_taken: {
    status: 409,
    title: "External port taken",
    when: "A forward asks for an external port, or a range, that another forward of the same address and protocol has. The message names the holder, as far as the token may see it, and free ports nearby. Terraform finds it at plan where it can.",
    hint: "Choose a free port, or leave the external port out and let the platform assign one.",
  },
  internal_port_taken: {
    status: 409,
    title: "Internal port already forwarded",
    when: "A forward leads to a port of an instance that another forward of the same protocol leads to already.",
    hint: "Use the forward that exists, or delete it first.",
  },
  external_port_out_of_range: {
    status: 422,
    title: "External port out of range",
    when: "A forward asks for an external port, or a range, that is not wholly inside of the platform's range.",
    hint: "Choose a port in the platform's range, or leave the external port out and let the platform assign one.",
  },
  external_port_unavailable: {
    status: 409,
    title: "External port not available on the host",
    when: "No forward has the external port, but the platform's host cannot open it: another program listens there, the address is gone, or the system refuses.",
    hint: "Choose another port, or mend on the platform's host what the message names.",
  },
  external_ports_exhausted: {
    status: 409,
    title: "No external port left",
    when: "The platform is to assign an external port, and no address has a free one, or not so many consecutive ones.",
    hint: "Delete forwards that are not used, or give the platform a wider range (--ports).",
  },
  private_addresses_exhausted: {
    status: 409,
    title: "No private address left",
    when: "A project or an instance is made, and there is no free private network, or no free address in the project's network.",
    hint: "Delete instances or projects that are not used.",
  },
  quota_exceeded: {
    status: 409,
    title: "Quota exceeded",
    when: "A project has as many instances or forwards as its quota allows. A quota below what is there already deletes nothing; it refuses more.",
    hint: "Delete what is not used (`fairlead forward list --unused 30d`), or raise the project's quota.",
  },
  deletion_protected: {
    status: 409,
    title: "Protected against deletion",
    when: "An instance or a forward with `deletion_protection = true` is to be deleted, or replaced. Terraform refuses it at plan; so does the platform, for every client.",
    hint: "Set deletionProtection (deletion_protection in Terraform) to false, apply that, and delete then.",
  },
  unsupported: {
    status: 422,
    title: "Not possible on this platform",
    when: "A field asks for something that this platform cannot enforce, quotas or sources for example; or something is to be made, changed or deleted that the platform only shows. Terraform refuses it at plan. `GET /v1/platform` lists what a platform can do.",
    hint: "Leave the field out and use what is there, or use a platform that can do it.",
  },
  platform_outdated: {
    status: 501,
    title: "Platform older than its client",
    when: "The platform's edition of the API is older than what this client relies on.",
    hint: "Upgrade the platform, or use the version of fairlead that fits it.",
  },
  cloud_refused: {
    status: 409,
    title: "Refused by the cloud",
    when: "The cloud behind the platform refuses what the contract allows, such as a change of an instance that it is busy with. The message has the cloud's own words.",
    hint: "Mend what the message names, and try again; the request id finds more in the cloud's logs.",
  },
  instance_failed: {
    // No 502: clients take that for a passing fault and try again.
    status: 500,
    title: "Instance did not start",
    when: "An instance was made, but its command ended or never listened. The message says what it printed last.",
    hint: "Correct the image's command in the platform's configuration and try again.",
  },
  idempotency_key_reused: {
    status: 422,
    title: "Idempotency key reused",
    when: "A create repeats the key of an earlier create with another body, or after what that one made was deleted.",
    hint: "Use a new key for another request; a key stands for one request body.",
  },
  revision_mismatch: {
    status: 412,
    title: "Changed in the meantime",
    when: "Something was changed after it was read: by somebody else, or between `terraform plan -out` and the apply of that plan. Terraform says what has changed, and touches nothing of that object.",
    hint: "Read it again and repeat the change on what is there now.",
  },
  storage_unavailable: {
    status: 507,
    title: "Nowhere to write it down",
    when: "The platform cannot write to its data folder, mostly because the disk is full. Nothing of the change is made; what is there can be read, and forwards carry on.",
    hint: "Make room on the disk of the platform's data folder; nothing has to be started again.",
  },
  too_many_requests: {
    status: 429,
    title: "Too many requests",
    when: "A token has been used for more requests than the platform lets one have, which keeps the others' from being served. Clients wait as long as the answer says (`Retry-After`) and try again, a few times.",
    hint: "Ask for less at a time, `terraform apply -parallelism=10` for example, or raise rateLimit in the platform's configuration.",
  },
  unreachable: {
    status: 503,
    title: "Platform unreachable",
    when: "There is no answer from the platform, after several tries where trying again is safe; or the platform is just stopping.",
    hint: "Check that the platform runs and that FAIRLEAD_ENDPOINT, or the provider's endpoint argument, names it.",
  },
  internal: {
    status: 500,
    title: "Internal error",
    when: "A mistake of the platform, or an answer that is none of a platform.",
    hint: "Report it with the request id; the platform's log has the cause.",
  },
} as const satisfies Record<string, { status: number; title: string; when: string; hint: string }>;

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
  /** What it comes from, for logs. */
  readonly cause?: unknown;
}

/**
 * The one error that a Platform rejects with. The message names what was given and what is allowed;
 * `hint` is the next step.
 */
export class PlatformError extends Error {
  /** Always "PlatformError". */
  override readonly name = "PlatformError";
  /** The field that is at fault, as a JSON pointer into the request's body: `/externalPort`. */
  readonly field: string | undefined;
  /** Facts for programs: who holds a port, which ports are free, what is left in a project. */
  readonly details: Readonly<Record<string, unknown>> | undefined;
  /** The request that failed, as the platform logged it. */
  readonly requestId: string | undefined;

  constructor(
    /** What went wrong, for programs. */
    readonly code: ErrorCode,
    message: string,
    context: ErrorContext = {},
  ) {
    super(message, { cause: context.cause });
    this.field = context.field;
    this.details = context.details;
    this.requestId = context.requestId;
  }

  /** Of HTTP, 400 to 599. */
  get status(): number {
    return errors[this.code].status;
  }

  /** What went wrong, in a few words; the same for each error of the code. */
  get title(): string {
    return errors[this.code].title;
  }

  /** The next step, in a sentence. */
  get hint(): string {
    return errors[this.code].hint;
  }
}
