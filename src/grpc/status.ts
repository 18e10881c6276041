import { EngineError, type ErrorKind, errorKind, errorMessage } from '#base';
import { bytes, field, integer, message, repeatedMessage, text } from './protobuf.ts';

const codes = {
  invalid: 3,
  timeout: 4,
  notFound: 5,
  conflict: 6,
  forbidden: 7,
  notImplemented: 12,
  internal: 13,
  unavailable: 14,
  corrupt: 15,
  unauthorized: 16,
  notModified: 0,
} as const satisfies Record<ErrorKind, number>;

const kinds = new Map<number, ErrorKind>(
  Object.entries(codes).map(([kind, code]) => [code, kind as ErrorKind]),
);

/** A further message about a failure, by the name of its type. */
export interface ErrorDetail {
  readonly type: string;
  readonly value: Uint8Array;
}

const anyMessage = message({ type: field(1, text), value: field(2, bytes) });
const statusMessage = message({
  code: field(1, integer),
  message: field(2, text),
  details: repeatedMessage(3, anyMessage),
});

/** What is told of a failure besides its text. */
export interface StatusExtras {
  /** Absent: by the failure's kind. */
  readonly code?: number;
  readonly details?: readonly ErrorDetail[];
}

/** Bytes that the trailers of a call may have. */
export const longestTrailers = 160 << 10;
/** One trailer may have 64 KiB, and one has text and details, in base64. */
const longestText = 24 << 10;
const longestDetails = 20 << 10;

/** How a call ended, as trailers have it (gRPC over HTTP/2); what is too long for them is cut, or left out. */
export function statusTrailers(error: unknown, extras: StatusExtras = {}): Record<string, string> {
  const { code = codes[errorKind(error)], details = [] } = extras;
  const text = cut(errorMessage(error).toWellFormed());
  const detailBytes = details.reduce((sum, { value }) => sum + value.length, 0);
  const status = statusMessage.encode({
    code,
    message: text,
    details: detailBytes > longestDetails ? [] : details,
  });
  return {
    'grpc-status': String(code),
    'grpc-message': encodeURIComponent(text),
    'grpc-status-details-bin': Buffer.from(status).toString('base64'),
  };
}

function cut(text: string): string {
  const isShort = encodeURIComponent(text).length <= longestText;
  return isShort ? text : cut(text.slice(0, text.length >> 1).toWellFormed());
}

/** The failure that trailers tell; undefined for a call that ended well. */
export function errorOfTrailers(trailers: Readonly<Record<string, unknown>>): EngineError | undefined {
  const code = Number(trailers['grpc-status'] ?? 2);
  if (code === 0) return undefined;
  const text = decodeMessage(String(trailers['grpc-message'] ?? ''));
  return new EngineError(kinds.get(code) ?? 'internal', text || `a call failed with code ${code}`);
}

function decodeMessage(encoded: string): string {
  try {
    return decodeURIComponent(encoded);
  } catch {
    return encoded;
  }
}
