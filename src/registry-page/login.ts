import { element } from './element.ts';

/** The form that asks who it is; `enter` tells what goes wrong itself. */
export function loginForm(enter: (name: string, password: string) => void): HTMLFormElement {
  const name = element('input', { name: 'name', autocomplete: 'username' });
  const password = element('input', {
    name: 'password',
    type: 'password',
    autocomplete: 'current-password',
  });
  const form = element(
    'form',
    { class: 'login' },
    element('label', {}, 'Name', name),
    element('label', {}, 'Password', password),
    element('button', { type: 'submit' }, 'Log in'),
  );
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    enter(name.value, password.value);
  });
  return form;
}
