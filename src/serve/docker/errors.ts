import type { ErrorResponse } from '#api';
import { type ErrorKind, errorKind, errorMessage } from '#base';
import { ProtocolError } from '#serve/http';

const statusOfKind = {
  invalid: 400,
  unauthorized: 401,
  forbidden: 403,
  notFound: 404,
  conflict: 409,
  notModified: 304,
  notImplemented: 501,
  unavailable: 503,
  internal: 500,
  corrupt: 500,
  timeout: 500,
} as const satisfies Record<ErrorKind, number>;

export function errorStatus(error: unknown): number {
  return error instanceof ProtocolError ? error.status : statusOfKind[errorKind(error)];
}

/** Never empty: clients show it. */
export function errorBody(error: unknown): ErrorResponse {
  return { message: errorMessage(error) || 'unknown error' };
}
