import { accessSync, constants } from 'node:fs';
import type { Caller } from '../caller/index.ts';
import type { ConfigFile } from '../config-file.ts';
import type { Session } from '../session.ts';
import { EnvironmentStore, parseAuthVariable } from './environment-store.ts';
import { FileStore } from './file-store.ts';
import { HelperStore } from './helper-store.ts';
import type { CredentialStore } from './types.ts';

/**
 * Where the credentials for a server are: what the environment brings, then what is kept by the server's own helper,
 * by that for all, or in the settings. An environment that makes no sense is told and left aside.
 */
export function openCredentials(session: Session, server: string): CredentialStore {
  const kept = openKept(session, server);
  const { caller } = session;
  const variable = caller.environment.DOCKER_AUTH_CONFIG ?? '';
  if (variable === '') return kept;
  try {
    return new EnvironmentStore(parseAuthVariable(variable), kept);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    caller.writeError(`Failed to create credential store from DOCKER_AUTH_CONFIG:  ${reason}\n`);
    return kept;
  }
}

function openKept(session: Session, server: string): CredentialStore {
  const { config, caller } = session;
  const helper = config.credHelpers?.[server] || config.credsStore || usualHelper(config, caller);
  return helper === '' ? new FileStore(session) : new HelperStore(session, helper);
}

/** The desktop's keychain, where there is one and the user has settled nothing himself. */
function usualHelper({ auths, credHelpers }: ConfigFile, { environment: { PATH = '' } }: Caller): string {
  if (auths !== undefined || credHelpers !== undefined) return '';
  const folders = PATH.split(':');
  const name = isThere('pass', folders) ? 'pass' : 'secretservice';
  return isThere(`docker-credential-${name}`, folders) ? name : '';
}

function isThere(program: string, folders: readonly string[]): boolean {
  return folders.some((folder) => {
    try {
      accessSync(`${folder}/${program}`, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
