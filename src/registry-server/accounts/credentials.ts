import { createHmac, randomBytes } from 'node:crypto';
import type { HttpRequest } from '#serve/http';
import type { AddressOf } from '../access/client-address.ts';
import { Refusal } from '../refusal.ts';
import type { Account, AccountRecords } from './account-records.ts';
import { Brake } from './brake.ts';
import { hashSecret, secretFits } from './secret.ts';

const longestPassword = 1024;
const mostRemembered = 1000;

/** A name and a password, as somebody says them. */
export interface Credentials {
  readonly name: string;
  readonly password: string;
}

/** Checks names and passwords, and slows guessing down. */
export class CredentialCheck {
  readonly #accounts: AccountRecords;
  readonly #addressOf: AddressOf;
  readonly #brake = new Brake();
  /** Marks of what was right, so that not every request of a client costs a scrypt. They hold no password. */
  readonly #right = new Set<string>();
  readonly #markKey = randomBytes(32);
  /** So that a name that there is not takes as long as one that there is. */
  #decoy: Promise<string> | undefined;

  constructor(accounts: AccountRecords, addressOf: AddressOf) {
    this.#accounts = accounts;
    this.#addressOf = addressOf;
  }

  /** @throws Refusal UNAUTHORIZED, and TOOMANYREQUESTS for an address that guesses */
  async check({ name, password }: Credentials, request: HttpRequest): Promise<Account> {
    const from = this.#addressOf(request) ?? '';
    this.#refuseGuessing(from, name);
    const account = this.#accounts.find(name);
    const isRight = password.length <= longestPassword && (await this.#fits(account, password));
    if (account === undefined || !isRight || hasExpired(account)) {
      this.#brake.fail(from, name);
      throw new Refusal('UNAUTHORIZED', 'incorrect username or password');
    }
    this.#brake.succeed(from, name);
    return account;
  }

  async #fits(account: Account | undefined, password: string): Promise<boolean> {
    if (account === undefined) {
      this.#decoy ??= hashSecret('');
      await secretFits(password, await this.#decoy);
      return false;
    }
    const mark = this.#markOf(account, password);
    if (this.#right.has(mark)) return true;
    if (!(await secretFits(password, account.secret))) return false;
    if (this.#right.size >= mostRemembered) this.#right.clear();
    this.#right.add(mark);
    return true;
  }

  #markOf({ name, generation }: Account, password: string): string {
    const said = JSON.stringify([name, generation, password]);
    return createHmac('sha256', this.#markKey).update(said).digest('base64');
  }

  #refuseGuessing(address: string, name: string): void {
    const waitMs = this.#brake.waitMs(address, name);
    if (waitMs === 0) return;
    throw new Refusal('TOOMANYREQUESTS', 'too many wrong passwords, try again later', {
      headers: { 'Retry-After': String(Math.ceil(waitMs / 1000)) },
    });
  }
}

/** Whether an account's time is over. */
export function hasExpired({ robot }: Account, nowMs = Date.now()): boolean {
  return robot?.expiresMs !== undefined && robot.expiresMs <= nowMs;
}
