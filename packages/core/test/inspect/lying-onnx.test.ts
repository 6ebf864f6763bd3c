import { onnxFiles } from '@cairn/testkit';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseOnnxModel } from '../../src/inspect/onnx-model.ts';

const MODEL = onnxFiles([{ name: 'norm', dtype: 'F32', shape: [4] }]).model;

function parse(bytes: Buffer) {
  return parseOnnxModel((offset, length) => bytes.subarray(offset, offset + length), bytes.length);
}

test('a model is understood, and without its end it is none', () => {
  expect(parse(MODEL)?.tensors).toHaveLength(1);
  expect(parse(MODEL.subarray(0, MODEL.length - 1))).toBeNull();
});

test('whatever the bytes say, they lead to a model or to nothing', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(MODEL.length - 1), fc.nat(255)), { maxLength: 6 }), (changes) => {
      const bytes = Buffer.from(MODEL);
      for (const [at, value] of changes) bytes[at] = value;
      expect(() => parse(bytes)).not.toThrow();
    }),
    { numRuns: 500 },
  );
  fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => void parse(Buffer.from(bytes))));
});
