import { after, before, describe } from 'node:test';
import { distributionConformance } from './testing/conformance/index.ts';
import { startS3 } from './testing/s3-server.ts';
import { startTestServer, type TestServer } from './testing/server.ts';

/** The file of a registry whose blobs are elsewhere; what that needs is let go of with the stack. */
const storages: Readonly<Record<string, (stack: AsyncDisposableStack) => Promise<string>>> = {
  'a folder': async () => '{}',
  S3: async (stack) => stack.use(await startS3()).file,
};

for (const [name, prepare] of Object.entries(storages)) {
  describe(`the distribution specification, over ${name}`, () => {
    const stack = new AsyncDisposableStack();
    let server: TestServer;
    before(async () => {
      server = stack.use(await startTestServer({}, { file: await prepare(stack) }));
    });
    after(() => stack.disposeAsync());
    distributionConformance({ ask: (method, path, init) => server.ask(method, path, init) });
  });
}
