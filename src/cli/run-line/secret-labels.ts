import type { Mount } from '#api';

const labelNames = new Map([
  ['secret', 'wharf.secrets'],
  ['config', 'wharf.configs'],
]);

export function isSecretMount({ Type }: Mount): boolean {
  return labelNames.has(Type);
}

/** Mounts of secrets and configs as labels, which the stock client and Compose can say: `name=value`. */
export function secretLabels(mounts: readonly Mount[]): string[] {
  return [...labelNames].flatMap(([type, label]) => {
    const words = mounts.filter(({ Type }) => Type === type).map(secretWord);
    return words.length === 0 ? [] : [`${label}=${words.join(',')}`];
  });
}

/** `NAME[:TARGET[:MODE[:UID[:GID]]]]`, as short as it can be. */
function secretWord({ Source = '', Target, SecretOptions: options }: Mount): string {
  const parts = [Source, Target, options?.Mode?.toString(8) ?? '', options?.UID ?? '', options?.GID ?? ''];
  return parts.join(':').replace(/:+$/, '');
}
