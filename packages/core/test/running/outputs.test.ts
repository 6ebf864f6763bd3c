import { describe, expect, test } from 'vitest';
import { plainValue } from '../../src/running/plain-value.ts';
import { failureOf, HAS_PYTHON, openStage, pythonPackage } from './package-fixture.ts';

/** Stand-ins, by what they offer, for the arrays, tensors and tables of libraries that are not installed. */
const STAND_INS = `
class Array:
    """As numpy.ndarray, torch.Tensor and pandas.Series."""
    def __init__(self, data):
        self.data = data
    def tolist(self):
        return self.data

class Scalar:
    """As numpy.float32."""
    def item(self):
        return 0.25

class Eager:
    """As tensorflow.Tensor."""
    def numpy(self):
        return Array([1, 2])

class Table:
    """As pandas.DataFrame."""
    columns = ["a"]
    def to_dict(self, orient):
        return [{"a": 1}, {"a": float("nan")}] if orient == "records" else None

class NAType:
    """As pandas.NA."""

class NotATime(datetime.datetime):
    """As pandas.NaT."""
    def __eq__(self, other):
        return False
    __hash__ = None
`;

/** Python expressions, and what becomes of them. */
const CASES: readonly (readonly [expression: string, outputs: unknown])[] = [
  ['None', null],
  ['[True, False, 1, -2, 1.5, "text", ""]', [true, false, 1, -2, 1.5, 'text', '']],
  ['[float("nan"), float("inf"), -float("inf")]', [null, null, null]],
  ['[2 ** 53 - 1, 2 ** 53, -(2 ** 64)]', [9007199254740991, '9007199254740992', '-18446744073709551616']],
  ['(1, (2, 3))', [1, [2, 3]]],
  [
    '{"a": {"b": [1]}, 1: 2, None: 3, False: 4, (1, 2): 5}',
    { a: { b: [1] }, '1': 2, null: 3, false: 4, '(1, 2)': 5 },
  ],
  ['{7}', [7]],
  ['(n * n for n in range(3))', [0, 1, 4]],
  ['range(3)', [0, 1, 2]],
  ['b"bytes"', 'Ynl0ZXM='],
  ['[bytearray(b"a"), memoryview(b"b")]', ['YQ==', 'Yg==']],
  ['"\\ud800 and \\U0001f600"', '\ud800 and \u{1f600}'],
  ['collections.namedtuple("Point", "x y")(1, 2)', { x: 1, y: 2 }],
  ['collections.OrderedDict(z=1, a=2)', { z: 1, a: 2 }],
  ['Box(Colour.RED)', { content: 'red' }],
  ['[Colour.RED, Level.HIGH]', ['red', 3]],
  ['datetime.datetime(2026, 3, 10, 12, 0)', '2026-03-10T12:00:00'],
  ['[datetime.date(2026, 3, 10), NotATime(2026, 3, 10)]', ['2026-03-10', null]],
  ['datetime.timedelta(minutes=1)', 60],
  ['[decimal.Decimal("0.10"), pathlib.PurePosixPath("a/b")]', ['0.10', 'a/b']],
  [
    'Array([[1.5, float("nan")], [Scalar(), 2]])',
    [
      [1.5, null],
      [0.25, 2],
    ],
  ],
  ['{"tensor": Eager()}', { tensor: [1, 2] }],
  ['Table()', [{ a: 1 }, { a: null }]],
  ['[NAType()]', [null]],
];

const IMPORTS = `import collections, dataclasses, datetime, decimal, enum, pathlib
${STAND_INS}
class Colour(enum.Enum):
    RED = "red"

class Level(enum.IntEnum):
    HIGH = 3

@dataclasses.dataclass
class Box:
    content: object

def endless():
    value = []
    value.append(value)
    return value

def predict(model, inputs, **_):
    return eval(inputs)
`;

describe.skipIf(!HAS_PYTHON)('outputs of hooks in Python (skipped without python3)', () => {
  test('become what JSON can hold', async () => {
    await using stage = openStage();
    const loaded = await stage.load(pythonPackage(IMPORTS));
    for (const [expression, outputs] of CASES) {
      expect(await loaded.predict(expression), expression).toEqual(outputs);
    }
  });

  test('are named where JSON has no form for them', async () => {
    await using stage = openStage();
    const loaded = await stage.load(pythonPackage(IMPORTS));
    const object = await failureOf(loaded.predict('{"scores": [1, object()]}'));
    expect(object).toMatchObject({ code: 'failed', data: { kind: 'outputs' } });
    expect(object.message).toBe(
      'predict of linear@v1 (hooks/predict.py) gave what cannot be passed on: ' +
        'outputs.scores[1] is a object, which JSON has no form for',
    );
    expect((await failureOf(loaded.predict('[Box]'))).message).toContain('outputs[0] is a type, which');
    expect((await failureOf(loaded.predict('1j'))).message).toContain('outputs is a complex, which');
    expect((await failureOf(loaded.predict('endless()'))).message).toContain(
      'more than 100 levels deep, or holds itself',
    );
    expect(await loaded.predict('"still there"')).toBe('still there');
  });
});

describe('outputs of hooks for Node, and inputs of all', () => {
  const CASES: readonly (readonly [value: unknown, plain: unknown])[] = [
    [undefined, null],
    [
      [1, -2.5, 'text', true, null, undefined],
      [1, -2.5, 'text', true, null, null],
    ],
    [
      [Number.NaN, Number.POSITIVE_INFINITY],
      [null, null],
    ],
    [
      [1n, 2n ** 53n],
      [1, '9007199254740992'],
    ],
    [{ a: { b: undefined, c: 1 } }, { a: { c: 1 } }],
    [
      new Map<unknown, unknown>([
        ['a', 1],
        [2, new Set(['b'])],
      ]),
      { a: 1, '2': ['b'] },
    ],
    [new Float32Array([0.5, Number.NaN]), [0.5, null]],
    [new BigInt64Array([1n]), [1]],
    [
      [Buffer.from('bytes'), new Uint8Array([97]), new Uint8Array([97]).buffer],
      ['Ynl0ZXM=', 'YQ==', 'YQ=='],
    ],
    [new Date('2026-03-10T12:00:00Z'), '2026-03-10T12:00:00.000Z'],
    [Object.assign(Object.create(null), { x: 1 }), { x: 1 }],
    [
      new (class Point {
        x = 1;
      })(),
      { x: 1 },
    ],
  ];

  test('become what JSON can hold', () => {
    for (const [value, plain] of CASES) expect(plainValue(value, 'outputs')).toEqual(plain);
  });

  test('a key __proto__ stays a key', () => {
    expect(Object.keys(plainValue(JSON.parse('{"__proto__": 1}'), 'inputs') as object)).toEqual([
      '__proto__',
    ]);
  });

  test('are named where JSON has no form for them', () => {
    const endless: unknown[] = [];
    endless.push(endless);
    expect(() => plainValue({ a: [Symbol('s')] }, 'outputs')).toThrow(
      'outputs.a[0] is a symbol, which JSON has no form for',
    );
    expect(() => plainValue([Promise.resolve()], 'outputs')).toThrow('outputs[0] is a promise, which');
    expect(() => plainValue(endless, 'outputs')).toThrow('more than 100 levels deep, or holds itself, which');
  });
});
