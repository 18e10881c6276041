import { errnoOf, errorMessage } from '#base';

/** Status of every error code of the distribution spec, and of the few that Docker's registry has beside them. */
const statuses = {
  BLOB_UNKNOWN: 404,
  BLOB_UPLOAD_INVALID: 400,
  BLOB_UPLOAD_UNKNOWN: 404,
  DENIED: 403,
  DIGEST_INVALID: 400,
  MANIFEST_BLOB_UNKNOWN: 400,
  MANIFEST_INVALID: 400,
  MANIFEST_UNKNOWN: 404,
  NAME_INVALID: 400,
  NAME_UNKNOWN: 404,
  PAGINATION_NUMBER_INVALID: 400,
  RANGE_INVALID: 416,
  SIZE_INVALID: 400,
  TAG_INVALID: 400,
  TOOMANYREQUESTS: 429,
  UNAUTHORIZED: 401,
  UNAVAILABLE: 503,
  UNKNOWN: 500,
  UNSUPPORTED: 405,
} as const;

export type RefusalCode = keyof typeof statuses;

export interface RefusalOptions {
  /** Where the code's own does not fit. */
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly detail?: unknown;
  readonly cause?: unknown;
}

/** A request that is not fulfilled, as the distribution spec tells it to clients. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly code: RefusalCode;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly detail: unknown;

  constructor(code: RefusalCode, message: string, options: RefusalOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.status = options.status ?? statuses[code];
    this.headers = options.headers ?? {};
    this.detail = options.detail;
  }

  /** The answer's body. */
  toJson(): string {
    const { code, message, detail } = this;
    return JSON.stringify({ errors: [{ code, message, ...(detail !== undefined && { detail }) }] });
  }
}

/** What somebody gets who is known, and may not. */
export function denied(): Refusal {
  return new Refusal('DENIED', 'requested access to the resource is denied');
}

/** Whether something was refused for want of rights or of quota. */
export function isDenied(error: unknown): boolean {
  return error instanceof Refusal && error.code === 'DENIED';
}

/** Whether something failed for want of room on the disk, in a file or in the tables. */
export function isDiskFull(error: unknown): boolean {
  return (
    ['ENOSPC', 'EDQUOT'].includes(errnoOf(error) ?? '') || errorMessage(error) === 'no space left on device'
  );
}
