import { createHash } from 'node:crypto';
import {
  cidText,
  createEnvelope,
  type KeyDomain,
  memorySource,
  newObjectId,
  paddedSize,
  sealedSize,
  sealStream,
  writeContainerFile,
} from '@cairn/crypto';
import { nodeEngine } from '@cairn/crypto/node';
import { KEY } from './sealed-fixture.ts';

/** What a forger who has the key writes into a manifest: anything. */
export type ForgedManifest = Readonly<Record<string, unknown>>;

/** An honest container with one large file, two small ones and a manifest, to be made dishonest. */
export interface Honest {
  readonly domain: KeyDomain;
  readonly envelope: Uint8Array;
  readonly objects: ReadonlyMap<string, Uint8Array>;
  readonly manifest: ForgedManifest & {
    readonly files: readonly ForgedManifest[];
    readonly objects: readonly ForgedManifest[];
  };
}

const SEGMENT_LOG2 = 20;
const LARGE = Buffer.alloc(2 ** SEGMENT_LOG2 + 1000, 'large ');
const SMALL = { 'hooks/load.py': 'def load(): ...\n', 'hooks/predict.py': 'def predict(): ...\n' };

export async function honestContainer(name = { model: 'net', version: 'v1' }): Promise<Honest> {
  const { envelope, domain } = await createEnvelope(nodeEngine, { secrets: [{ kind: 'key', key: KEY }] });
  const small = Buffer.from(Object.values(SMALL).join(''));
  const stored = [await sealObject(domain, LARGE), await sealObject(domain, small)];
  const objects = stored.toSorted((a, b) => (a.id < b.id ? -1 : 1));
  const indexOf = ({ id }: { id: string }) => objects.findIndex((object) => object.id === id);
  let offset = 0;
  const smallFiles = Object.entries(SMALL).map(([path, text]) => {
    offset += text.length;
    const extents = [[indexOf(stored[1]!), offset - text.length, text.length]];
    return fileEntry(path, Buffer.from(text), extents);
  });
  return {
    domain,
    envelope,
    objects: new Map(objects.map(({ id, bytes }) => [id, bytes])),
    manifest: {
      cid: cidText(domain.cid),
      files: [...smallFiles, fileEntry('models/large.bin', LARGE, [[indexOf(stored[0]!), 0, LARGE.length]])],
      fmt: 'cairn-manifest/1',
      ...name,
      objects: objects.map(({ id, header, size }) => ({ header: base64url(header), id, size })),
      package: JSON.stringify({ models: [{ name: 'net', version: '1', framework: 'pytorch' }] }),
      parent: null,
    },
  };
}

/** The bytes of a `.cairn` file with this manifest, sealed as an honest one would be. */
export async function containerWith(
  { domain, envelope, objects }: Omit<Honest, 'manifest'>,
  manifest: unknown,
  name = { model: 'net', version: 'v1' },
): Promise<Buffer> {
  const text = typeof manifest === 'string' ? manifest : canonical(manifest);
  const padded = Buffer.alloc(paddedSize(Buffer.byteLength(text)));
  padded.write(text);
  const sealed = await joined(sealStream(domain.stream({ kind: 'manifest', ...name }), once(padded)).chunks);
  const parts = {
    ...name,
    envelope,
    manifest: memorySource(sealed),
    objects: new Map([...objects].map(([id, bytes]) => [id, memorySource(bytes)])),
  };
  return joined(writeContainerFile(parts));
}

export function fileEntry(path: string, bytes: Uint8Array, extents: readonly (readonly number[])[]) {
  const hashes: Buffer[] = [];
  for (let at = 0; bytes.length >= 2 ** SEGMENT_LOG2 && at < bytes.length; at += 2 ** SEGMENT_LOG2) {
    hashes.push(
      createHash('sha256')
        .update(bytes.subarray(at, at + 2 ** SEGMENT_LOG2))
        .digest(),
    );
  }
  return {
    executable: false,
    extents,
    path,
    role: 'model',
    segments: base64url(Buffer.concat(hashes)),
    sha256: createHash('sha256').update(bytes).digest('hex'),
    size: bytes.length,
  };
}

export async function sealObject(domain: KeyDomain, bytes: Uint8Array, id = newObjectId(nodeEngine)) {
  const padded = Buffer.alloc(paddedSize(bytes.length));
  padded.set(bytes);
  const { header, chunks } = sealStream(domain.stream({ kind: 'object', id }), once(padded));
  const sealed = await joined(chunks);
  if (sealed.length !== sealedSize(padded.length, domain.segmentSize))
    throw new Error('not sealed as expected');
  return { id, header, size: bytes.length, bytes: sealed };
}

/** Canonical JSON: keys sorted, no white space. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const fields = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${fields.map(([key, inner]) => `${JSON.stringify(key)}:${canonical(inner)}`).join(',')}}`;
}

function base64url(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64url');
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

async function joined(chunks: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const chunk of chunks) pieces.push(Buffer.from(chunk));
  return Buffer.concat(pieces);
}
