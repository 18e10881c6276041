/** Nobody reads the answer any more; that is no fault of whoever writes it. */
export class ClientGone extends Error {
  override readonly name = 'ClientGone';

  constructor() {
    super('the client is gone');
  }
}
