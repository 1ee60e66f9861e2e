import type { AuditEntry, AuditFilter } from "./audit";
import type { Block, BlockCreate } from "./block";
import type { CallOptions, Page } from "./collection";
import type { Explanation } from "./explanation";
import type { PortForward } from "./port-forward";
import type { AccessToken, AccessTokenCreate, IssuedToken } from "./token";

/** Which part of a list: 1 to 1000 of its items, 100 where nothing is said, behind a page's `nextCursor`. */
export interface Paged {
  /** At most so many. */
  readonly limit?: number;
  /** The `nextCursor` of the page before. */
  readonly cursor?: string;
}

/** What whoever runs a platform does with it, where the platform knows callers. Rejects with PlatformErrors. */
export interface Administration {
  /** Who may call: tokens of the whole platform, or of one project. */
  readonly tokens: {
    /** Those that the caller may see. */
    list(
      query?: Paged & { readonly projectId?: string | undefined },
      options?: CallOptions,
    ): Promise<Page<AccessToken>>;
    /** Makes one; what it resolves with is the only place where the token itself ever stands. */
    create(input: AccessTokenCreate, options?: CallOptions): Promise<IssuedToken>;
    /** From now on nobody gets in with it; `not_found` where there is none. */
    delete(id: string, options?: CallOptions): Promise<void>;
  };
  /** What an administrator has closed. */
  readonly blocks: {
    list(query?: Paged, options?: CallOptions): Promise<Page<Block>>;
    /** Closes a forward at once, or gives its block another reason; its owner cannot open it again. */
    create(forwardId: string, input: BlockCreate, options?: CallOptions): Promise<PortForward>;
    /** Lifts the block of a forward, if it has one; of a forward that is gone by now, too. `not_found` for any other id. */
    delete(forwardId: string, options?: CallOptions): Promise<void>;
  };
  /** Who changed what, the latest first. */
  audit(query?: Paged & AuditFilter, options?: CallOptions): Promise<Page<AuditEntry>>;
  /** What becomes of a connection to a forward. */
  explain(forwardId: string, options?: CallOptions): Promise<Explanation>;
}
