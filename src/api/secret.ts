import { map, nullable, omittable, struct, text } from './schema.ts';

/** The body of create and update, of secrets and configs alike. Data is base64. */
export const secretSpec = struct('SecretSpec', {
  Name: text,
  Labels: map(text),
  Data: omittable(text),
  Driver: nullable(struct('Driver', { Name: text, Options: map(text) })),
  Templating: nullable(struct('Driver', { Name: text, Options: map(text) })),
});

export interface SecretView {
  readonly ID: string;
  readonly Version: { readonly Index: number };
  readonly CreatedAt: string;
  readonly UpdatedAt: string;
  readonly Spec: {
    readonly Name: string;
    readonly Labels: Readonly<Record<string, string>>;
    /** Base64; only of configs. */
    readonly Data?: string;
  };
}
