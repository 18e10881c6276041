import { STATUS_CODES } from 'node:http';

export function reasonPhrase(status: number): string {
  // What Docker says; there are clients that wait for this very line.
  if (status === 101) return 'UPGRADED';
  return STATUS_CODES[status] ?? 'Unknown';
}

/** Whether an answer of this status never has a body. */
export function isBodiless(status: number): boolean {
  return status < 200 || status === 204 || status === 304;
}
