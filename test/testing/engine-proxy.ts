import { createServer, request } from 'node:http';

/** A way to a daemon's API on which a test can do something. */
export interface EngineProxy extends AsyncDisposable {
  /** An address as of DOCKER_HOST. */
  readonly host: string;
}

export interface ProxyRules {
  /** What is answered in the daemon's place; undefined for what is passed on. */
  readonly answer?: (path: string) => object | undefined;
  /** Happens before a call is passed on. */
  readonly before?: (path: string) => Promise<unknown>;
}

/** Serves until it is disposed of; connections that are hijacked are not for it. @param socketPath the daemon's */
export async function startEngineProxy(socketPath: string, rules: ProxyRules): Promise<EngineProxy> {
  const server = createServer(async (call, answer) => {
    const { url: path = '/', method, headers } = call;
    const own = rules.answer?.(path);
    if (own !== undefined) {
      answer.end(JSON.stringify(own));
      return;
    }
    await rules.before?.(path);
    const passed = request({ socketPath, method, path, headers }, (response) => {
      answer.writeHead(response.statusCode ?? 500, response.headers);
      response.pipe(answer);
    });
    passed.on('error', () => answer.destroy());
    call.pipe(passed);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('no port');
  return {
    host: `tcp://127.0.0.1:${address.port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
