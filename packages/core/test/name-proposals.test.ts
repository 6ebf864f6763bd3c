import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { proposeAliasName, proposeModelName, proposeVersionName } from '../src/index.ts';
import { isAliasName, isModelName, isVersionName } from '../src/names.ts';

describe('a proposal for a name', () => {
  it('is the text itself where that is a name', () => {
    expect([
      proposeModelName('stock.pred_1'),
      proposeVersionName('1.0+cu121'),
      proposeAliasName('prod'),
    ]).toEqual(['stock.pred_1', '1.0+cu121', 'prod']);
  });

  it.each([
    ['House Prices (EU), draft', 'House-Prices-EU-draft'],
    ['Bäume/über alles', 'Baume-uber-alles'],
    ['..hidden..', 'hidden'],
    ['nul', 'model-nul'],
    ['repo.git', 'repo'],
    ['模型', 'model'],
    ['', 'model'],
    ['\u001b[31mred', '31mred'],
  ])('for the model %j is %s', (text, name) => {
    expect(proposeModelName(text)).toBe(name);
  });

  it('is always a name', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
        expect(isModelName(proposeModelName(text))).toBe(true);
        expect(isVersionName(proposeVersionName(text))).toBe(true);
        expect(isAliasName(proposeAliasName(text))).toBe(true);
      }),
    );
    expect([proposeVersionName('latest'), proposeAliasName('latest')]).toEqual(['v1-latest', 'alias-latest']);
  });
});
