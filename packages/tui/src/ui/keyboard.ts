import { type Binding, findBinding } from '../keys/binding.ts';
import { type KeyName, showKey } from '../keys/key.ts';
import type { Ui } from './ui.ts';

/** Gives a key to whoever it is for: the screen on top, or what works everywhere. */
export function pressKey(ui: Ui, everywhere: readonly Binding<Ui>[], key: KeyName): void {
  forgetNotice(ui, key);
  const screen = ui.router.top();
  const binding = findBinding(everywhere, key, ui);
  if (!binding?.whileTyping && screen.press(key)) return;
  if (binding) pressBinding(ui, binding);
  else ui.say('info', `${showKey(key)} does nothing here; ? lists the keys`);
}

/** The next key takes away what was said, but not the key that shows it in full; an error stays until Esc. */
function forgetNotice({ notice }: Ui, key: KeyName): void {
  if (key === '!') return;
  if (notice.snapshot()?.level !== 'bad' || key === 'esc') notice.set(null);
}

function pressBinding(ui: Ui, binding: Binding<Ui>): void {
  const refusal = binding.refusal?.(ui) ?? null;
  if (refusal === null) binding.run(ui);
  else ui.say('info', refusal);
}
