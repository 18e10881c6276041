/** A named daemon, as the context store keeps it. */
export interface StoredContext {
  readonly Name: string;
  readonly Metadata: { readonly Description?: string };
  readonly Endpoints: {
    readonly docker?: { readonly Host?: string; readonly SkipTLSVerify?: boolean };
  };
}
