/** A number of a delta, seven bits a byte, the lowest first. */
export function number(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push(0x80 | (rest % 128));
  return Buffer.from([...bytes, rest]);
}

export function insert(bytes: Uint8Array): Buffer {
  return Buffer.from([bytes.length, ...bytes]);
}

export function copy(from: number, size: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes[0] = 0xff;
  bytes.writeUInt32LE(from, 1);
  bytes.writeUIntLE(size, 5, 3);
  return bytes;
}

export function delta(baseSize: number, resultSize: number, ...instructions: readonly Buffer[]): Buffer {
  return Buffer.concat([number(baseSize), number(resultSize), ...instructions]);
}
