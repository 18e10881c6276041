import { createHmac, randomBytes } from 'node:crypto';
import { KeyedLock } from '#base';
import type { HttpRequest } from '#serve/http';
import { type AddressOf, networkOf } from '../access/client-address.ts';
import { Refusal } from '../refusal.ts';
import type { Account, AccountRecords } from './account-records.ts';
import { Brake } from './brake.ts';
import { hashSecret, type SecretCost, secretFits } from './secret.ts';

const longestPassword = 1024;
const mostRemembered = 1000;

/** A name and a password, as somebody says them. */
export interface Credentials {
  readonly name: string;
  readonly password: string;
}

/** How credentials are kept, and whom they come from. */
export interface CredentialRules {
  readonly addressOf: AddressOf;
  readonly secretCost: SecretCost;
}

/** Checks names and passwords, and slows guessing down. */
export class CredentialCheck {
  readonly #accounts: AccountRecords;
  readonly #addressOf: AddressOf;
  readonly #secretCost: SecretCost;
  readonly #brake = new Brake();
  readonly #turns = new KeyedLock();
  /** Marks of what was right, so that not every request of a client costs a scrypt. They hold no password. */
  readonly #right = new Set<string>();
  readonly #markKey = randomBytes(32);
  /** So that a name that there is not takes as long as one that there is. */
  #decoy: Promise<string> | undefined;

  constructor(accounts: AccountRecords, { addressOf, secretCost }: CredentialRules) {
    this.#accounts = accounts;
    this.#secretCost = secretCost;
    this.#addressOf = addressOf;
  }

  /** @throws Refusal UNAUTHORIZED, and TOOMANYREQUESTS for an address that guesses */
  async check({ name, password }: Credentials, request: HttpRequest): Promise<Account> {
    const from = networkOf(this.#addressOf(request) ?? '');
    const known = this.#findKnown(from, name, password);
    if (known !== undefined) return known;
    // One after the other, so that many guesses at once are not all made before the first has failed.
    return this.#turns.run(from, async () => {
      const meanwhile = this.#findKnown(from, name, password);
      if (meanwhile !== undefined) return meanwhile;
      const account = await this.#verify(name, password);
      if (account === undefined) {
        this.#brake.fail(from, name);
        throw new Refusal('UNAUTHORIZED', 'incorrect username or password');
      }
      this.#brake.succeed(from, name);
      return account;
    });
  }

  /** Somebody whose password was right before. @throws Refusal TOOMANYREQUESTS */
  #findKnown(address: string, name: string, password: string): Account | undefined {
    this.#refuseGuessing(address, name);
    const account = this.#accounts.find(name);
    if (account === undefined || hasExpired(account)) return undefined;
    return this.#right.has(this.#markOf(account, password)) ? account : undefined;
  }

  async #verify(name: string, password: string): Promise<Account | undefined> {
    if (password.length > longestPassword) return undefined;
    this.#decoy ??= hashSecret('', this.#secretCost);
    const asked = this.#accounts.find(name);
    const isRight = await secretFits(password, asked?.secret ?? (await this.#decoy));
    // It may have got another password meanwhile, or have gone.
    const account = this.#accounts.find(name);
    if (!isRight || account?.generation !== asked?.generation) return undefined;
    if (account === undefined || hasExpired(account)) return undefined;
    if (this.#right.size >= mostRemembered) this.#right.clear();
    this.#right.add(this.#markOf(account, password));
    return account;
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
