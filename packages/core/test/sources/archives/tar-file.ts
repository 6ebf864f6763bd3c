/** An entry of a tar, as a test writes it down. */
export interface TarSpec {
  readonly name: string;
  /** '0' when left out. */
  readonly type?: string;
  readonly bytes?: string | Uint8Array;
  readonly linkName?: string;
  readonly mode?: number;
  /** What stands in place of the size. */
  readonly size?: Uint8Array | string;
  readonly prefix?: string;
  /** `ustar\0` and `00` when left out. */
  readonly magic?: string;
}

const BLOCK = 512;

/** The blocks of one entry. */
export function tarEntry({
  name,
  type = '0',
  bytes = '',
  linkName = '',
  mode = 0o644,
  ...rest
}: TarSpec): Buffer {
  const body = Buffer.from(bytes as string);
  const head = Buffer.alloc(BLOCK);
  head.write(name, 0, 'utf8');
  head.write(`${mode.toString(8).padStart(7, '0')}\0`, 100);
  head.write('0000000\0'.repeat(2), 108);
  const size = rest.size ?? `${body.length.toString(8).padStart(11, '0')}\0`;
  Buffer.from(size as string).copy(head, 124);
  head.write('00000000000\0', 136);
  head.write(type, 156);
  head.write(linkName, 157, 'utf8');
  head.write(rest.magic ?? 'ustar\x0000', 257, 'latin1');
  head.write(rest.prefix ?? '', 345, 'utf8');
  return Buffer.concat([summed(head), body, Buffer.alloc((BLOCK - (body.length % BLOCK)) % BLOCK)]);
}

/** A header with its checksum. */
export function summed(head: Buffer): Buffer {
  head.fill(' ', 148, 156);
  const sum = head.subarray(0, BLOCK).reduce((total, byte) => total + byte, 0);
  head.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return head;
}

/** A whole tar. */
export function tarFile(
  entries: readonly (TarSpec | Buffer)[],
  end: Buffer = Buffer.alloc(2 * BLOCK),
): Buffer {
  return Buffer.concat([...entries.map((entry) => (Buffer.isBuffer(entry) ? entry : tarEntry(entry))), end]);
}

/** Records of pax, as the entry before the one that they describe. */
export function paxEntry(records: Readonly<Record<string, string>>, type = 'x'): Buffer {
  const lines = Object.entries(records).map(([key, value]) => paxRecord(key, value));
  return tarEntry({ name: 'PaxHeaders/x', type, bytes: Buffer.concat(lines) });
}

function paxRecord(key: string, value: string): Buffer {
  const rest = Buffer.from(` ${key}=${value}\n`);
  let length = rest.length;
  while (String(length).length + rest.length !== length) length = String(length).length + rest.length;
  return Buffer.concat([Buffer.from(String(length)), rest]);
}
