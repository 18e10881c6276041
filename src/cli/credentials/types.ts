/** How a user proves to a registry who he is: with a password, or with a token that a login gave. */
export interface Credentials {
  readonly username: string;
  readonly password: string;
  /** Used in place of the password when it is not empty. */
  readonly identityToken: string;
}

/** Keeps credentials by server: a registry's host, or the Hub's address. */
export interface CredentialStore {
  /** Undefined when there are none. @throws Error when the store cannot be asked */
  find(server: string): Promise<Credentials | undefined>;
  /** Keeps them in place of earlier ones. @throws Error when they could not be kept */
  keep(server: string, credentials: Credentials): Promise<void>;
  /** Forgets what is kept for a server; nothing to forget is no failure. @throws Error */
  forget(server: string): Promise<void>;
}
