import { inspect } from 'node:util';
import { expect, test } from 'vitest';
import { thrownCode } from '../bytes.ts';
import { testDomain } from '../domains.ts';

const CONTEXT = { kind: 'object', id: 'a' } as const;

test('a closed key domain derives nothing more, not even through scopes made before', () => {
  const domain = testDomain();
  const scope = domain.stream(CONTEXT);
  domain.close();
  expect(thrownCode(() => scope.derive(new Uint8Array(24)))).toBe('invalid');
  expect(thrownCode(() => domain.stream(CONTEXT).derive(new Uint8Array(24)))).toBe('invalid');
});

test('printing or serialising a key domain does not show its key', () => {
  const domain = testDomain();
  const shown = inspect(domain, { depth: 9, showHidden: true }) + JSON.stringify(domain);
  // The stream key of the test domain begins with the bytes 100, 101, 102.
  expect(shown).not.toMatch(/100,\s*101,\s*102/);
  expect(shown).not.toContain('64 65 66');
});
