import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { recordedStore } from '@cairn/testkit';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CairnError } from '../../../src/errors.ts';
import { parseBentoFile } from '../../../src/sources/bentoml/bento-file.ts';
import { parseModelFile } from '../../../src/sources/bentoml/model-file.ts';
import { flattened, plainMap, recordable } from '../../../src/sources/details-limits.ts';
import { parseCardFacts } from '../../../src/sources/hugging-face/card.ts';

const HOME = join(recordedStore('bentoml'), 'home');
const MUTANTS = 4_000;

/** Pieces that mean something in YAML. */
const PIECES = [
  '&a ',
  '*a',
  '!!python/object ',
  '<<: ',
  '- ',
  '? ',
  '| \n',
  '> \n',
  '{',
  '}',
  '[',
  '# ',
  '...',
  '---\n',
  '"',
  "'",
  '\t',
  '\0',
  '\ud800',
  ': ',
  '__proto__: x\n',
  '%YAML 9\n',
];

function filesCalled(name: string): string[] {
  const paths = readdirSync(HOME, { recursive: true }).map(String).sort();
  return paths.filter((path) => path.endsWith(name)).map((path) => readFileSync(join(HOME, path), 'utf8'));
}

function mutantsOf(texts: readonly string[]): fc.Arbitrary<string> {
  return fc.constantFrom(...texts).chain((text) => {
    const place = fc.nat({ max: text.length });
    return fc.oneof(
      fc
        .tuple(place, fc.constantFrom(...PIECES))
        .map(([at, piece]) => text.slice(0, at) + piece + text.slice(at)),
      fc.tuple(place, place).map(([a, b]) => text.slice(0, a) + text.slice(b)),
      fc
        .tuple(place, fc.string({ maxLength: 4 }))
        .map(([at, piece]) => text.slice(0, at) + piece + text.slice(at + piece.length)),
    );
  });
}

/** Runs a parser; what it throws must be an error that says that the text is broken. */
function orRefused<T>(parse: () => T): T | null {
  try {
    return parse();
  } catch (error) {
    expect(error).toBeInstanceOf(CairnError);
    expect(['damaged', 'hostile']).toContain((error as CairnError).code);
    return null;
  }
}

describe('every mutant is read or refused, and what is read can be recorded', () => {
  test('of a model.yaml', () => {
    const property = fc.property(mutantsOf(filesCalled('model.yaml')), (text) => {
      const model = orRefused(() => parseModelFile(text, 'model.yaml'));
      if (model === null) return;
      JSON.stringify([
        plainMap(model.metadata),
        plainMap(model.signatures),
        recordable(flattened(model.labels)),
      ]);
    });
    fc.assert(property, { numRuns: MUTANTS });
  });

  test('of a bento.yaml', () => {
    const property = fc.property(mutantsOf(filesCalled('bento.yaml')), (text) => {
      const bento = orRefused(() => parseBentoFile(text, 'bento.yaml'));
      if (bento !== null) JSON.stringify([bento.models, recordable(flattened(bento.labels))]);
    });
    fc.assert(property, { numRuns: MUTANTS });
  });

  test('of a card, which is never refused', () => {
    const card =
      '---\nlicense: mit\ntags:\n- a\n- b\nbase_model: [x, y]\nlibrary_name: transformers\n---\n# Text\n';
    const property = fc.property(mutantsOf([card]), (text) => {
      recordable(parseCardFacts(text).labels);
    });
    fc.assert(property, { numRuns: MUTANTS });
  });
});
