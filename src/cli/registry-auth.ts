import type { ConfigFile } from './config-file.ts';

const hubDomain = 'docker.io';
export const hubServer = 'https://index.docker.io/v1/';

/** The header X-Registry-Auth for a registry; undefined when the user has not logged in there. */
export function registryAuth({ auths }: ConfigFile, domain: string): string | undefined {
  const server = domain === hubDomain ? hubServer : domain;
  const stored = auths?.[server] ?? auths?.[`https://${server}`];
  if (stored === undefined) return undefined;
  const [username = '', password = ''] = Buffer.from(stored.auth ?? '', 'base64')
    .toString()
    .split(/:(.*)/s);
  const credentials = {
    username: stored.username ?? username,
    password: stored.password ?? password,
    serveraddress: server,
    ...(stored.identitytoken === undefined ? {} : { identitytoken: stored.identitytoken }),
  };
  return Buffer.from(JSON.stringify(credentials)).toString('base64url');
}

/** The name under which a server's credentials are kept: its host, or the Hub's address. */
export function serverKey(server: string | undefined): string {
  if (server === undefined || server === '' || server === hubDomain || server === hubServer) return hubServer;
  return server.replace(/^https?:\/\//, '').replace(/\/.*$/, '');
}
