import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { EngineError, errorMessage } from '#base';
import type { HttpRequest } from '#serve/http';
import type { Metadata } from '#store/metadata';
import { type Accounts, openAccounts } from '../accounts/accounts.ts';
import type { RegistrySettings } from '../settings/settings.ts';
import { loadTokenKey } from '../tokens/key.ts';
import { Tokens } from '../tokens/tokens.ts';
import { AccountAuthorizer } from './account-authorizer.ts';
import { type Authorizer, openToAll } from './authorizer.ts';
import { addressBehind } from './client-address.ts';

/** Who there is, and who may do what. */
export interface Access {
  readonly accounts: Accounts;
  readonly tokens: Tokens;
  readonly authorizer: Authorizer;
  /** Whether everybody may do everything, for no administrator was named. */
  readonly isOpen: boolean;
}

/** @throws EngineError invalid, for a password file that can't be read or holds too short a password */
export async function openAccess(metadata: Metadata, settings: RegistrySettings): Promise<Access> {
  const { adminPasswordFile, readOnly, secretCost } = settings;
  const accounts = openAccounts(metadata, { addressOf: addressBehind(settings.trustedProxies), secretCost });
  const tokens = new Tokens(loadTokenKey(join(settings.dataRoot, 'token.key')), accounts.records);
  if (adminPasswordFile === undefined)
    return { accounts, tokens, authorizer: openToAll(readOnly), isOpen: true };
  await accounts.ensureRoot(readPassword(adminPasswordFile));
  const realmOf = (request: HttpRequest) => `${originOf(settings, request)}/token`;
  const authorizer = new AccountAuthorizer({ accounts, tokens, realmOf, readOnly });
  return { accounts, tokens, authorizer, isOpen: false };
}

/** How the client of a request names this server. */
function originOf({ externalUrl, tls }: RegistrySettings, { headers }: HttpRequest): string {
  if (externalUrl !== undefined) return externalUrl.origin;
  // A quote would end the header's field early.
  const host = (headers.get('host') ?? '').replace(/["\\]/g, '');
  return `${tls === undefined ? 'http' : 'https'}://${host}`;
}

function readPassword(path: string): string {
  try {
    return readFileSync(path, 'utf8').replace(/\r?\n$/, '');
  } catch (cause) {
    throw new EngineError('invalid', `admin-password-file: ${errorMessage(cause)}`, { cause });
  }
}
