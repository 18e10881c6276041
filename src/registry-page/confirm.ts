import { element } from './element.ts';

/** Asks before something is lost. Resolves with whether to go on; the harmless answer has the focus. */
export function confirmDelete(what: string, consequence: string): Promise<boolean> {
  return new Promise((resolve) => {
    const answer = (word: string, traits: object = {}) =>
      element('button', { type: 'button', ...traits, onClick: () => dialog.close(word) }, word);
    const answers = element(
      'div',
      { class: 'answers' },
      answer('Cancel'),
      answer('Delete', { class: 'danger' }),
    );
    const dialog = element(
      'dialog',
      {},
      element('p', {}, 'Delete ', element('strong', {}, what), '?'),
      element('p', {}, consequence),
      answers,
    );
    dialog.addEventListener('close', () => {
      dialog.remove();
      resolve(dialog.returnValue === 'Delete');
    });
    document.body.append(dialog);
    dialog.showModal();
  });
}
