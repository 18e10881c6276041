import { accessSync, constants } from 'node:fs';
import type { Caller } from '../caller/index.ts';
import type { ConfigFile } from '../config-file.ts';
import type { Session } from '../session.ts';
import { FileStore } from './file-store.ts';
import { HelperStore } from './helper-store.ts';
import type { CredentialStore } from './types.ts';

/** Where the credentials for a server are kept: by its own helper, by that for all, or in the settings. */
export function openCredentials(session: Session, server: string): CredentialStore {
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
