import type { DockerApiParts, Handlers } from '../types.ts';

const upgraded = { Connection: 'Upgrade', Upgrade: 'h2c' };

/** The connections that BuildKit's clients turn into HTTP/2. */
export function sessionHandlers({
  buildkit,
}: Pick<DockerApiParts, 'buildkit'>): Handlers<'grpc' | 'session'> {
  return {
    async grpc({ response }) {
      buildkit.serve(await response.hijack(101, upgraded));
    },
    async session({ request, response }) {
      const { headers } = request;
      const facts = {
        id: headers.get('x-docker-expose-session-uuid') ?? '',
        name: headers.get('x-docker-expose-session-name') ?? '',
        sharedKey: headers.get('x-docker-expose-session-sharedkey') ?? '',
        methods: (headers.get('x-docker-expose-session-grpc-method') ?? '').split(/,\s*/).filter(Boolean),
      };
      buildkit.addSession(await response.hijack(101, upgraded), facts);
    },
  };
}
