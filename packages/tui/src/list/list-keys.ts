import type { Binding } from '../keys/binding.ts';
import type { ListMove } from './list-state.ts';

/** The keys that move in any list. */
export function listKeys<Screen>(move: (screen: Screen, by: ListMove) => void): Binding<Screen>[] {
  const bind = (keys: readonly string[], label: string, by: ListMove): Binding<Screen> => ({
    keys,
    label,
    quiet: true,
    run: (screen) => move(screen, by),
  });
  return [
    bind(['up', 'k'], 'one up', { by: -1 }),
    bind(['down', 'j'], 'one down', { by: 1 }),
    bind(['pageup', 'ctrl+b'], 'a page up', { pages: -1 }),
    bind(['pagedown', 'ctrl+f'], 'a page down', { pages: 1 }),
    bind(['ctrl+u'], 'half a page up', { pages: -0.5 }),
    bind(['ctrl+d'], 'half a page down', { pages: 0.5 }),
    bind(['home', 'g'], 'first', { to: 'first' }),
    bind(['end', 'G'], 'last', { to: 'last' }),
  ];
}
