import { EngineError, errnoOf, errorMessage } from '#base';

/** No answer came: the host could not be reached, or not in this protocol. */
export class Unreachable extends EngineError {
  constructor(message: string, cause?: unknown) {
    super('unavailable', message, { cause });
  }
}

/** The connection stood, and broke before all had come: the same may work the next time. */
export class Interrupted extends Unreachable {}

/** What was to be sent could not be read; its `cause` is why. */
export class SourceFailure extends Error {}

/** Nothing came for too long. */
export class Silence extends Error {}

const refused = (url: URL) => `dial tcp ${url.hostname}:${portOf(url)}: connect: connection refused`;
const unknownAuthority = () =>
  'tls: failed to verify certificate: x509: certificate signed by unknown authority';
const outdated = () => 'tls: failed to verify certificate: x509: certificate has expired or is not yet valid';

/** What Go says where the runtimes give a code. */
const reasons: Readonly<Record<string, (url: URL) => string>> = {
  ECONNREFUSED: refused,
  ENOTFOUND: (url) => `dial tcp: lookup ${url.hostname}: no such host`,
  EAI_AGAIN: (url) => `dial tcp: lookup ${url.hostname}: Temporary failure in name resolution`,
  EHOSTUNREACH: (url) => `dial tcp ${url.hostname}:${portOf(url)}: connect: no route to host`,
  ENETUNREACH: (url) => `dial tcp ${url.hostname}:${portOf(url)}: connect: network is unreachable`,
  ETIMEDOUT: (url) => `dial tcp ${url.hostname}:${portOf(url)}: i/o timeout`,
  DEPTH_ZERO_SELF_SIGNED_CERT: unknownAuthority,
  SELF_SIGNED_CERT_IN_CHAIN: unknownAuthority,
  UNABLE_TO_GET_ISSUER_CERT: unknownAuthority,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: unknownAuthority,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: unknownAuthority,
  CERT_HAS_EXPIRED: outdated,
  CERT_NOT_YET_VALID: outdated,
  ERR_TLS_CERT_ALTNAME_INVALID: (url) =>
    `tls: failed to verify certificate: x509: certificate is not valid for ${url.hostname}`,
};

/** A failure to reach a host, told as Docker tells it: `Get "URL": reason`. */
export function explainFailure(method: string, url: URL, cause: unknown): string {
  const verb = method.charAt(0) + method.slice(1).toLowerCase();
  const known = reasons[errnoOf(cause) ?? ''];
  return `${verb} "${url}": ${known?.(url) ?? describe(cause)}`;
}

function describe(cause: unknown): string {
  if (cause instanceof Silence) return 'net/http: timeout awaiting response headers';
  const message = errorMessage(cause);
  // What TLS libraries make of a plain answer: BoringSSL's words, OpenSSL's words.
  if (/wrong.version.number|packet.length.too.long/i.test(message)) {
    return 'http: server gave HTTP response to HTTPS client';
  }
  if (/certificate.required/i.test(message)) return 'remote error: tls: certificate required';
  if (/alert|bad.certificate/i.test(message) && /ssl/i.test(message)) {
    return 'remote error: tls: bad certificate';
  }
  return /socket hang up|disconnected before|connection was closed|ECONNRESET|EPIPE|^(unexpected )?EOF$/i.test(
    message,
  )
    ? 'EOF'
    : message;
}

function portOf(url: URL): string {
  return url.port || (url.protocol === 'https:' ? '443' : '80');
}
