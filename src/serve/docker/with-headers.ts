import type { HeaderFields, HttpResponse } from '#serve/http';

/** The same response with further fields in its header, whichever way it is answered. */
export function withHeaders(response: HttpResponse, common: HeaderFields): HttpResponse {
  return {
    get started() {
      return response.started;
    },
    get complete() {
      return response.complete;
    },
    send: (status, fields, body) => response.send(status, { ...common, ...fields }, body),
    sendFile: (status, fields, part) => response.sendFile(status, { ...common, ...fields }, part),
    start: (status, fields) => response.start(status, { ...common, ...fields }),
    hijack: (status, fields) => response.hijack(status, { ...common, ...fields }),
    write: (chunk) => response.write(chunk),
    writeFile: (part) => response.writeFile(part),
    end: () => response.end(),
    abort: () => response.abort(),
  };
}
