import { type ApiRequest, segment } from '#client';

/** What the commands of secrets and configs differ in. */
export type SecretKind = 'secret' | 'config';

/** The path of all of a kind, or of one of them, or of its verb. */
export function secretPath(kind: SecretKind, name?: string, verb?: string): ApiRequest['path'] {
  return [`/${kind}s`, ...(name === undefined ? [] : [segment(name)]), ...(verb ? [verb] : [])].join('/');
}
