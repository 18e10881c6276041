const units = ['B', 'KB', 'MB', 'GB', 'TB'];

/** Bytes as Docker writes sizes: 1.2MB. */
export function formatSize(bytes: number): string {
  const step = bytes < 1 ? 0 : Math.min(Math.floor(Math.log10(bytes) / 3), units.length - 1);
  return `${Number((bytes / 1000 ** step).toPrecision(3))}${units[step]}`;
}

export function formatTime(ms: number): string {
  return ms === 0 ? '' : new Date(ms).toISOString().slice(0, 16).replace('T', ' ');
}

/** The first digits of a digest, which are enough for eyes. */
export function shortDigest(digest: string): string {
  return digest.slice(0, 'sha256:'.length + 12);
}
