const hubDomain = 'docker.io';

/** The name under which the Hub's credentials are kept. */
export const hubServer = 'https://index.docker.io/v1/';

/** The name under which credentials are kept for a server, as users or images name it: its host, or the Hub's address. */
export function serverKey(server = ''): string {
  return server === '' || server === hubDomain || server === hubServer ? hubServer : hostOf(server);
}

/** `https://registry.example:5000/v1/` → `registry.example:5000`. */
export function hostOf(server: string): string {
  return server.replace(/^[a-z]+:\/\//, '').replace(/\/.*$/, '');
}
