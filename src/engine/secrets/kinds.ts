/** What is told of a secret only to containers, and of a config to everybody. */
export type SecretKind = 'secret' | 'config';

interface KindRules {
  /** Content must be shorter. */
  readonly limitBytes: number;
  /** Where a relative path in a container begins. */
  readonly directory: string;
}

export const kinds: Readonly<Record<SecretKind, KindRules>> = {
  secret: { limitBytes: 512_000, directory: '/run/secrets' },
  config: { limitBytes: 1_024_000, directory: '/' },
};

export function isSecretKind(text: string): text is SecretKind {
  return text === 'secret' || text === 'config';
}
