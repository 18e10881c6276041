import { type Digest, EngineError, tryParseDigest } from '#base';

/**
 * A name of an image, normalised: the registry's host and the repository are always given (`docker.io` and
 * `library/` when the user left them out), tag and digest only when the user wrote them.
 */
export interface Reference {
  readonly domain: string;
  readonly path: string;
  readonly tag?: string;
  readonly digest?: Digest;
}

const defaultDomain = 'docker.io';
const legacyDomain = 'index.docker.io';
const officialPrefix = 'library/';
const maxRepositoryLength = 255;

const component = '[a-z0-9]+(?:(?:\\.|_{1,2}|-+)[a-z0-9]+)*';
const hostLabel = '(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])';
const host = `(?:${hostLabel}(?:\\.${hostLabel})*|\\[[a-fA-F0-9:]+\\])`;
const domainPattern = new RegExp(`^${host}(?::[0-9]+)?$`);
const pathPattern = new RegExp(`^${component}(?:/${component})*$`);
const tagPattern = /^\w[\w.-]{0,127}$/;

/**
 * Reads a reference as users write it: `[domain/]path[:tag][@digest]`.
 * @throws EngineError invalid, with Docker's texts
 */
export function parseReference(text: string): Reference {
  if (/^[0-9a-f]{64}$/.test(text)) {
    throw invalid(`invalid repository name (${text}), cannot specify 64-byte hexadecimal strings`);
  }
  const [name, digestText] = splitOnce(text, text.indexOf('@'));
  const [repository, tag] = splitOnce(name, tagColon(name));
  const { domain, path } = splitDomain(repository);
  if (path !== path.toLowerCase()) {
    throw invalid(`invalid reference format: repository name (${path}) must be lowercase`);
  }
  const digest = digestText === undefined ? undefined : tryParseDigest(digestText);
  const wellFormed =
    domainPattern.test(domain) &&
    pathPattern.test(path) &&
    (tag === undefined || isTag(tag)) &&
    (digestText === undefined) === (digest === undefined);
  if (!wellFormed) throw invalid('invalid reference format');
  if (path.length > maxRepositoryLength) {
    throw invalid(`repository name must not be more than ${maxRepositoryLength} characters`);
  }
  return { domain, path, ...(tag !== undefined && { tag }), ...(digest !== undefined && { digest }) };
}

/** Whether a text may be a tag. */
export function isTag(text: string): boolean {
  return tagPattern.test(text);
}

/** The reference with tag `latest` when it names neither tag nor digest. */
export function withDefaultTag(reference: Reference): Reference {
  return reference.tag === undefined && reference.digest === undefined
    ? { ...reference, tag: 'latest' }
    : reference;
}

/** `docker.io/library/alpine`: the repository in full. */
export function fullName({ domain, path }: Reference): string {
  return `${domain}/${path}`;
}

/** `alpine`: the repository as users write it. */
export function familiarName({ domain, path }: Reference): string {
  if (domain !== defaultDomain) return `${domain}/${path}`;
  const official = path.startsWith(officialPrefix) ? path.slice(officialPrefix.length) : path;
  return official.includes('/') || official === '' ? path : official;
}

/** `docker.io/library/alpine:3.20`, with digest when there is one. */
export function formatReference(reference: Reference): string {
  return fullName(reference) + suffix(reference);
}

/** `alpine:3.20`, with digest when there is one. */
export function familiarReference(reference: Reference): string {
  return familiarName(reference) + suffix(reference);
}

function suffix({ tag, digest }: Reference): string {
  return (tag === undefined ? '' : `:${tag}`) + (digest === undefined ? '' : `@${digest}`);
}

function splitDomain(repository: string): { domain: string; path: string } {
  const slash = repository.indexOf('/');
  const first = repository.slice(0, Math.max(slash, 0));
  const isDomain = /[.:]/.test(first) || first === 'localhost' || first !== first.toLowerCase();
  if (slash < 0 || !isDomain) return withOfficialPrefix(defaultDomain, repository);
  const rest = repository.slice(slash + 1);
  return first === defaultDomain || first === legacyDomain
    ? withOfficialPrefix(defaultDomain, rest)
    : { domain: first, path: rest };
}

function withOfficialPrefix(domain: string, path: string): { domain: string; path: string } {
  return { domain, path: path.includes('/') ? path : officialPrefix + path };
}

/** Where the tag's colon stands; the colon of a port has a slash after it. */
function tagColon(name: string): number {
  const colon = name.lastIndexOf(':');
  return colon > name.lastIndexOf('/') ? colon : -1;
}

function splitOnce(text: string, at: number): [before: string, after: string | undefined] {
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
}

function invalid(message: string): EngineError {
  return new EngineError('invalid', message);
}
