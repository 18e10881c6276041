declare const brand: unique symbol;

/** A string that only its own parser may produce. A brand of a brand is both. */
export type Brand<Name extends string> = string & { readonly [brand]: { readonly [N in Name]: true } };
