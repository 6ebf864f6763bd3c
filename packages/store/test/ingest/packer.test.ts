import { gitText, temporaryFolder } from '@cairn/testkit';
import { describe, expect, test } from 'vitest';
import { Packer } from '../../src/ingest/packer.ts';
import type { Piece } from '../../src/ingest/slab.ts';
import { createRepository } from '../pack/fixture.ts';
import { noise } from './fixture.ts';

/** Bytes of a piece. */
const SIZE = 1000;

/** Pieces to write at a time. */
const SLAB = 8;

/** Stores pieces of noise, a slab at a time; `announced` is how many are said to be coming. */
function packsOf(pieces: number, announced?: number): { readonly ids: number; readonly size: number }[] {
  using folder = temporaryFolder();
  const packer = new Packer(createRepository(folder.path), 'label');
  for (let from = 0; from < pieces; from += SLAB) {
    const slab = piecesOfSlab(Math.min(SLAB, pieces - from));
    const slot = noise(SLAB * SIZE, `slab ${from}`);
    const left = announced === undefined ? undefined : Math.max(0, announced - from - slab.length);
    packer.write(slot, slab, packer.hash(slot, slab), left);
  }
  packer.seal();
  return packer.finish().map(({ path, ids, size }) => {
    gitText(folder.path, 'verify-pack', `${path}.idx`);
    return { ids, size };
  });
}

function piecesOfSlab(count: number): Piece[] {
  return Array.from({ length: count }, (_, index) => ({
    file: 0,
    at: index * SIZE,
    size: SIZE,
    start: 0,
    name: '',
    whole: false,
  }));
}

function counts(pieces: number, announced?: number): number[] {
  return packsOf(pieces, announced).map(({ ids }) => ids);
}

describe('packs', () => {
  test('hold everything where nobody knows how much will come', () => {
    expect(counts(200)).toEqual([200]);
  });

  test('get smaller towards the end of what was announced, so that little is read again', () => {
    expect(counts(200, 200)).toEqual([160, 32, 8]);
    expect(counts(10, 10)).toEqual([10]);
  });

  test('are right when less comes than was announced, or more', () => {
    expect(counts(50, 400)).toEqual([50]);
    expect(counts(60, 1)).toEqual([16, 16, 16, 12]);
  });

  test('grow with what there is, so that there are not too many', () => {
    const many = counts(2000, 1);
    expect(many.reduce((sum, count) => sum + count, 0)).toBe(2000);
    expect(many.length).toBeLessThan(60);
  });

  test('never hold more than can be announced', () => {
    expect(counts(2100, 2000)[0]).toBe(1024);
  });
});
