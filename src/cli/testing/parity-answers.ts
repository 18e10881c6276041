import type { SeenRequest } from './fake-daemon.ts';

/** Answers what is called `nope` with an error, others as told. */
export function unlessMissing(message: string, answer: object) {
  return (request: SeenRequest) =>
    request.path.includes('nope') ? { status: 404, body: { message } } : answer;
}

/** Objects as a stream of the API carries them. */
export function jsonLines(values: readonly unknown[]): string {
  return values.map((value) => `${JSON.stringify(value)}\r\n`).join('');
}
