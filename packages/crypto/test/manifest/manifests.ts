import { encodeHex } from '../../src/bytes/hex.ts';
import type { Manifest, ManifestFile } from '../../src/manifest/manifest.ts';
import { counting, noise } from '../bytes.ts';
import { SMALL } from '../domains.ts';

export function fileOf(path: string, changes: Partial<ManifestFile> = {}): ManifestFile {
  return {
    path,
    role: 'model',
    executable: false,
    size: 0,
    sha256: encodeHex(counting(32)),
    extents: [],
    segments: new Uint8Array(),
    ...changes,
  };
}

/** A small file in the second object and a large one in both. */
export function manifestOf(changes: Partial<Manifest> = {}): Manifest {
  return {
    cid: counting(32),
    model: 'net',
    version: 'v2',
    parent: 'v1',
    package: '{\n  "name": "Nétz"\n}\n',
    files: [
      fileOf('hooks/load.py', {
        role: 'hook',
        executable: true,
        size: 100,
        extents: [{ object: 'bbb', offset: SMALL, length: 100 }],
      }),
      fileOf('models/weights.bin', {
        size: 2 * SMALL + 7,
        extents: [
          { object: 'bbb', offset: 0, length: SMALL },
          { object: 'aaa', offset: 0, length: SMALL + 7 },
        ],
        segments: noise(3 * 32),
      }),
    ],
    objects: [
      { id: 'aaa', header: noise(56), size: SMALL + 7 },
      { id: 'bbb', header: noise(56, 2), size: SMALL + 100 },
    ],
    ...changes,
  };
}
