import fc from 'fast-check';
import { expect, test } from 'vitest';
import { encodeFrame, FrameReader } from '../../src/running/frames.ts';

test('frames come out as they went in, whatever the pieces they arrive in', () => {
  const messages = fc.array(fc.jsonValue(), { maxLength: 5 });
  const cuts = fc.array(fc.nat(64), { minLength: 1, maxLength: 20 });
  fc.assert(
    fc.property(messages, cuts, (sent, sizes) => {
      const bytes = Buffer.concat(sent.map((message) => encodeFrame(message)));
      const reader = new FrameReader();
      const received: unknown[] = [];
      for (let at = 0, turn = 0; at < bytes.length; turn++) {
        const size = Math.max(1, sizes[turn % sizes.length]!);
        received.push(...reader.take(bytes.subarray(at, at + size)));
        at += size;
      }
      expect(received).toEqual(JSON.parse(JSON.stringify(sent)));
    }),
  );
});

test('a length beyond the limit is refused before anything is kept', () => {
  const reader = new FrameReader(100);
  expect(reader.take(encodeFrame('x'.repeat(98)))).toEqual(['x'.repeat(98)]);
  expect(() => reader.take(encodeFrame('x'.repeat(99)))).toThrow(
    'it would be 101 bytes long, and at most 100 are taken',
  );
  expect(() => encodeFrame('x'.repeat(99), 100)).toThrow('the inputs take more than 100 bytes as JSON');
});

test('what is no JSON is refused', () => {
  expect(() => new FrameReader().take(Buffer.from('\0\0\0\x02{]'))).toThrow('it is not JSON');
});
