import { request } from 'node:http';

export interface JsonAnswer {
  readonly status: number;
  /** Undefined when there is none. */
  readonly body: unknown;
}

/** Calls the API at a unix socket with a JSON body, as no client does. */
export function postJson(socketPath: string, path: string, body: unknown): Promise<JsonAnswer> {
  return new Promise((resolve, reject) => {
    const headers = { 'Content-Type': 'application/json' };
    const outgoing = request({ socketPath, method: 'POST', path, headers }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
      });
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, body: text === '' ? undefined : JSON.parse(text) }),
      );
    });
    outgoing.on('error', reject);
    outgoing.end(JSON.stringify(body));
  });
}
