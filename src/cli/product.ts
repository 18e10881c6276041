/** What `version` says of this program: its own release, and the client release whose behaviour it has. */
export const productVersion = '0.1.0';
