import { chmodSync, existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';

/** What may become of a file on a disk: bits flip, an end is lost, a sector comes back empty. */
export type Damage =
  | { readonly kind: 'flip'; readonly at: number; readonly bit: number }
  | { readonly kind: 'cut'; readonly at: number }
  | { readonly kind: 'zeros'; readonly at: number };

/** A damage at a place that is a share of a file, or near one of its ends, where headers and tables lie. */
export interface DamagePlan {
  /** Chooses the file, as a share of all files. */
  readonly file: number;
  readonly place: { readonly from: 'start' | 'end'; readonly by: number } | { readonly share: number };
  readonly kind: Damage['kind'];
  readonly bit: number;
}

/** Without a bias: all places are alike. */
const share = fc.noBias(fc.integer({ min: 0, max: 2 ** 30 - 1 })).map((number) => number / 2 ** 30);

const place = fc.oneof(
  { weight: 2, arbitrary: fc.record({ share }) },
  {
    weight: 3,
    arbitrary: fc.record({
      from: fc.constantFrom('start' as const, 'end' as const),
      by: fc.integer({ min: 0, max: 1100 }),
    }),
  },
);

export const damagePlan: fc.Arbitrary<DamagePlan> = fc.record({
  file: share,
  place,
  kind: fc.constantFrom('flip', 'flip', 'flip', 'flip', 'cut', 'zeros'),
  bit: fc.integer({ min: 0, max: 7 }),
});

/** A sector of a disk, bytes. */
const SECTOR = 512;

export interface Damaged {
  /** Relative to the repository. */
  readonly path: string;
  readonly damage: Damage;
  /** Whether the file still is as the damage has left it. */
  stands(): boolean;
  /** Writes back what was there. */
  undo(): void;
}

/** Damages one file of a repository; `null` where the plan comes down to no change. */
export function damageRepository(gitDir: string, plan: DamagePlan): Damaged | null {
  const files = filesOf(gitDir);
  const path = files[Math.floor(plan.file * files.length)]!;
  const file = join(gitDir, path);
  const before = readFileSync(file);
  if (before.length === 0) return null;
  const damage = damageAt(plan, before.length);
  const after = damaged(before, damage);
  if (after.equals(before)) return null;
  overwrite(file, after);
  return {
    path,
    damage,
    stands: () => existsSync(file) && readFileSync(file).equals(after),
    undo: () => overwrite(file, before),
  };
}

function damageAt({ place: where, kind, bit }: DamagePlan, size: number): Damage {
  if ('share' in where) return { kind, at: Math.floor(where.share * size), bit } as Damage;
  const offset = Math.min(where.by, size - 1);
  return { kind, at: where.from === 'start' ? offset : size - 1 - offset, bit } as Damage;
}

function damaged(bytes: Buffer, damage: Damage): Buffer {
  if (damage.kind === 'cut') return bytes.subarray(0, damage.at);
  const copy = Buffer.from(bytes);
  if (damage.kind === 'flip') copy[damage.at]! ^= 1 << damage.bit;
  else copy.subarray(damage.at, damage.at + SECTOR).fill(0);
  return copy;
}

/** In place, as a disk does it: the file stays the one that others may have open. */
function overwrite(path: string, bytes: Buffer): void {
  chmodSync(path, 0o644);
  writeFileSync(path, bytes);
}

/** Every file with something in it that Git or Cairn may read, in a stable order. */
function filesOf(gitDir: string): string[] {
  return readdirSync(gitDir, { recursive: true, encoding: 'utf8' })
    .filter((name) => !name.startsWith('hooks') && statSync(join(gitDir, name)).isFile())
    .sort();
}
