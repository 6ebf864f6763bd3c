import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { engines } from './engines.ts';
import { formatVectors } from './format-vectors.ts';

const PAGE = new URL('../../../docs/formats/container.md', import.meta.url);

test.each(engines)('the $name engine gives the test vectors of the format page', async (engine) => {
  const block = /```json\n([^`]+)\n```/.exec(readFileSync(PAGE, 'utf8'))?.[1];
  expect(await formatVectors(engine)).toEqual(JSON.parse(block!));
});
