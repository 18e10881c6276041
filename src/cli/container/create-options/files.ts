import type { CreateValues } from './types.ts';

/** True when flags name files of the client's side, or may: a security option can be a file's path. */
export function namesFiles(values: CreateValues): boolean {
  const { cidfile, 'env-file': env, 'label-file': labels, 'security-opt': security } = values;
  return cidfile !== '' || env.length > 0 || labels.length > 0 || security.length > 0;
}
