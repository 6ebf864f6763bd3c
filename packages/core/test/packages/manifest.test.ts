import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CairnError } from '../../src/errors.ts';
import { parsePackageManifest } from '../../src/packages/manifest.ts';
import { failureOf } from './failure.ts';

const OLD = { models: [{ name: 'stock-pred', version: 'new', framework: 'tensorflow.keras' }] };
const NEW = { schema: 'v2024.1', version: '1', models: [{ name: 'net' }] };

function parse(value: unknown) {
  return parsePackageManifest(JSON.stringify(value));
}

/** What is said of a manifest that cannot be used, by field. */
function problemsOf(value: unknown): Record<string, string> {
  const error = failureOf(() => parse(value));
  expect(error.code).toBe('invalid');
  const problems = error.data.problems as { field: string; problem: string }[];
  return Object.fromEntries(problems.map(({ field, problem }) => [field, problem]));
}

/** A manifest with one field of its first model, of its loader or of its first service's predictor set. */
const withModel = (fields: object) => ({ ...NEW, models: [{ name: 'net', ...fields }] });
const withLoader = (loader: unknown) => withModel({ loader });
const withPredictor = (predictor: unknown) => ({ ...NEW, services: [{ name: 'main', predictor }] });

describe('the schema', () => {
  test('is v2023.1 when none is named, as a real package of the reference system has it', () => {
    expect(parse(OLD)).toEqual({
      schema: 'v2023.1',
      name: 'stock-pred',
      version: 'new',
      models: [
        {
          name: 'stock-pred',
          version: 'new',
          description: null,
          framework: 'tensorflow.keras',
          folder: 'models',
          loader: { kind: 'default' },
          cleanup: { policy: 'after-load', files: ['models'] },
          inputs: [],
          outputs: [],
        },
      ],
      services: [{ name: 'main', predictor: { kind: 'default' } }],
      inMemoryModelExtraction: false,
      fileIntegrityCheck: { models: 'skip', hooks: 'skip', src: 'skip', manifest: 'skip' },
    });
  });

  test.each(['v2023.1', null])('may be named %s in an old manifest', (schema) => {
    expect(parse({ ...OLD, schema })).toEqual(parse(OLD));
  });

  test('fills in what a new manifest leaves out', () => {
    expect(parse(NEW)).toMatchObject({
      schema: 'v2024.1',
      name: null,
      models: [
        { folder: 'models/net', framework: null, cleanup: { policy: 'after-load', files: ['models/net'] } },
      ],
      services: [{ name: 'main', predictor: { kind: 'default' } }],
      inMemoryModelExtraction: false,
    });
    expect(parse({ ...NEW, services: [] }).services).toEqual(parse(NEW).services);
  });

  test.each(['v2024.2', 'v2025.1', 'v10000.0'])('%s is from the future', (schema) => {
    const error = failureOf(() => parse({ ...NEW, schema }));
    expect(error.code).toBe('unsupported');
    expect(error.message).toContain(`${schema}, which is from the future`);
    expect(error.hint).toContain('update cairn');
  });

  test.each([
    'v2024',
    'v2022.9',
    'v2023.2',
    '2024.1',
    'V2024.1',
    'v2024.1 ',
    '',
    'v99999999999999.1',
    2024,
    [],
    {},
  ])('%j is not one', (schema) => {
    expect(problemsOf({ ...NEW, schema }).schema).toMatch(/^expected v2023.1 or v2024.1, got /);
  });

  test('is asked for when a manifest has the fields of a newer one', () => {
    const { schema, ...rest } = NEW;
    expect(problemsOf({ ...rest, services: [] })).toMatchObject({
      version:
        'there is no such field in v2023.1; add "schema": "v2024.1" if this manifest is of that schema',
      services: expect.stringContaining('v2024.1'),
      'models[0].version': 'it is missing; expected text',
    });
  });
});

describe('a manifest of v2023.1', () => {
  const model = OLD.models[0]!;

  test('keeps all that it says', () => {
    const [parsed] = parse({
      models: [
        {
          ...model,
          description: 'what it does',
          inputs: [{ name: 'prices', type: 'list[float]' }, { type: 'int' }],
          outputs: [{ name: 'next', type: null }],
          enc_model_cleanup: 'never',
          enc_model_cleanup_files: ['models/*.pkl', 'models/1'],
        },
      ],
    }).models;
    expect(parsed).toMatchObject({
      description: 'what it does',
      inputs: [
        { name: 'prices', type: 'list[float]' },
        { name: null, type: 'int' },
      ],
      outputs: [{ name: 'next', type: null }],
      cleanup: { policy: 'never', files: ['models/*.pkl', 'models/1'] },
    });
  });

  test('may say null where it says nothing', () => {
    const nothing = {
      description: null,
      inputs: null,
      outputs: null,
      enc_model_cleanup: null,
      enc_model_cleanup_files: null,
    };
    expect(parse({ models: [{ ...model, ...nothing }] })).toEqual(parse(OLD));
  });

  test('may not say null where something must be said', () => {
    expect(problemsOf({ models: [{ name: null, version: null, framework: null }] })).toEqual({
      'models[0].name': expect.stringContaining('expected text, got null'),
      'models[0].version': expect.stringContaining('expected text, got null'),
      'models[0].framework': expect.stringContaining('got null'),
    });
  });

  test('may have several models, which share the files and the hooks', () => {
    const { models, name } = parse({ models: [model, { ...model, name: 'other' }] });
    expect(models.map(({ folder }) => folder)).toEqual(['models', 'models']);
    expect(name).toBe('stock-pred');
  });

  test.each([
    [{ models: [] }, 'models', 'it must not be empty'],
    [{}, 'models', 'it is missing; expected a list'],
    [{ models: {} }, 'models', 'expected a list, got an object'],
    [{ models: ['net'] }, 'models[0]', 'expected an object, got "net"'],
    [{ models: [{ ...model, name: '' }] }, 'models[0].name', 'it must not be empty'],
    [{ models: [{ ...model, version: 1 }] }, 'models[0].version', 'expected text, got 1'],
    [
      { models: [{ ...model, framework: 'pytorch.lightening' }] },
      'models[0].framework',
      'expected tensorflow, tensorflow.keras, pytorch or pytorch.lightning, got "pytorch.lightening"; did you mean pytorch.lightning?',
    ],
    [
      { models: [{ ...model, enc_model_cleanup: 'always' }] },
      'models[0].enc_model_cleanup',
      'expected never or after-load, got "always"',
    ],
    [
      { models: [{ ...model, enc_model_cleanup_files: ['/etc/*'] }] },
      'models[0].enc_model_cleanup_files[0]',
      '"/etc/*": it must not begin with /',
    ],
    [
      { models: [{ ...model, enc_model_cleanup_files: ['models/../../x'] }] },
      'models[0].enc_model_cleanup_files[0]',
      '"models/../../x": it must not lead out of the package with ..',
    ],
    [
      { models: [{ ...model, loader: 'hooks/load.py' }] },
      'models[0].loader',
      expect.stringContaining('no such field'),
    ],
    [
      { models: [{ ...model, enc_model_clean_up: 'never' }] },
      'models[0].enc_model_clean_up',
      'there is no such field; did you mean enc_model_cleanup?',
    ],
    [
      { models: [{ ...model, inputs: [{ name: 'a', kind: 'float' }] }] },
      'models[0].inputs[0].kind',
      'there is no such field; there are name, type',
    ],
  ])('%j is refused at %s', (manifest, field, problem) => {
    expect(problemsOf(manifest)).toEqual({ [field]: problem });
  });
});

describe('a manifest of v2024.1', () => {
  test('keeps all that it says', () => {
    const check = { models: 'permissive', hooks: 'enforce', src: 'strictly-enforce', manifest: 'skip' };
    const parsed = parse({
      ...NEW,
      name: 'all',
      in_memory_model_extraction: true,
      file_integrity_check: check,
      models: [
        {
          name: 'net',
          version: '2',
          description: '',
          framework: 'pytorch.lightning',
          loader: { file: 'hooks/a/load_net.py', function: '_load2' },
          enc_model_cleanup: 'never',
          enc_model_cleanup_files: [],
          inputs: [{ name: 'x' }],
          outputs: [{ type: 'int' }],
        },
      ],
      services: [
        { name: 'main', predictor: 'predict_main.py' },
        { name: 'other', predictor: { file: './src//predict.py' } },
        { name: 'third' },
      ],
    });
    expect(parsed).toEqual({
      schema: 'v2024.1',
      name: 'all',
      version: '1',
      inMemoryModelExtraction: true,
      fileIntegrityCheck: check,
      models: [
        {
          name: 'net',
          version: '2',
          description: '',
          framework: 'pytorch.lightning',
          folder: 'models/net',
          loader: { kind: 'file', file: 'hooks/a/load_net.py', function: '_load2' },
          cleanup: { policy: 'never', files: ['models/net'] },
          inputs: [{ name: 'x', type: null }],
          outputs: [{ name: null, type: 'int' }],
        },
      ],
      services: [
        { name: 'main', predictor: { kind: 'file', file: 'hooks/predict_main.py', function: 'predict' } },
        { name: 'other', predictor: { kind: 'file', file: 'src/predict.py', function: 'predict' } },
        { name: 'third', predictor: { kind: 'default' } },
      ],
    });
  });

  test('may leave checks out one by one', () => {
    const { fileIntegrityCheck } = parse({ ...NEW, file_integrity_check: { hooks: 'enforce' } });
    expect(fileIntegrityCheck).toEqual({ models: 'skip', hooks: 'enforce', src: 'skip', manifest: 'skip' });
  });

  test('says nothing by leaving a field out, never by null', () => {
    expect(problemsOf({ ...NEW, name: null }).name).toBe(
      'expected text, got null; leave the field out if there is nothing to say',
    );
    expect(problemsOf(withModel({ description: null }))).toHaveProperty(['models[0].description']);
    expect(problemsOf({ ...NEW, services: null })).toHaveProperty('services');
  });

  test.each([
    [{ schema: 'v2024.1', models: [{ name: 'net' }] }, 'version', 'it is missing; expected text'],
    [{ ...NEW, models: [] }, 'models', 'it must not be empty'],
    [
      { ...NEW, in_memory_model_extraction: 'yes' },
      'in_memory_model_extraction',
      'expected true or false, got "yes"',
    ],
    [
      { ...NEW, file_integrity_check: { hook: 'skip' } },
      'file_integrity_check.hook',
      'there is no such field; did you mean hooks?',
    ],
    [
      { ...NEW, file_integrity_check: { hooks: 'strict' } },
      'file_integrity_check.hooks',
      'expected skip, permissive, enforce or strictly-enforce, got "strict"; did you mean strictly-enforce?',
    ],
    [{ ...NEW, services: [{ predictor: 'a.py' }] }, 'services[0].name', 'it is missing; expected text'],
    [
      { ...NEW, services: [{ name: 'a', loader: 'a.py' }] },
      'services[0].loader',
      'there is no such field; there are name, predictor',
    ],
    [
      withModel({ in_memory_model_extraction: true }),
      'models[0].in_memory_model_extraction',
      'it holds for the whole package: set it at the top level',
    ],
    [
      { ...NEW, models: [{ name: 'net' }, { name: 'NET' }] },
      'models[1].name',
      'models[0] has this name already, or one that differs only in case',
    ],
    [
      { ...NEW, services: [{ name: 'main' }, { name: 'other' }, { name: 'main' }] },
      'services[2].name',
      'services[0] has this name already, or one that differs only in case',
    ],
  ])('%j is refused at %s', (manifest, field, problem) => {
    expect(problemsOf(manifest)).toEqual({ [field]: problem });
  });

  test.each([
    'a/b',
    '..',
    '.',
    '/net',
    'a\\b',
    'C:',
    '.git',
    'nul',
    'a\nb',
    'x'.repeat(256),
  ])('a submodel cannot be called %j, as its folder would be', (name) => {
    expect(problemsOf({ ...NEW, models: [{ name }] })).toHaveProperty(['models[0].name']);
  });
});

describe('a hook', () => {
  test.each([
    ['/hooks/load.py', 'it must be relative to the package'],
    ['hooks/../../load.py', 'it must not lead out of the package with ..'],
    ['../load.py', 'it must not lead out of the package with ..'],
    ['C:/load.py', 'it has a drive letter'],
    ['hooks\\load.py', 'it has a backslash'],
    ['hooks/load.js', 'it must be a Python file (.py) or one for Node (.mjs)'],
    ['hooks/.py', 'it must be a Python file (.py) or one for Node (.mjs)'],
    ['hooks', 'it must be a Python file (.py) or one for Node (.mjs)'],
    ['.', 'it is empty'],
  ])('cannot be at %j', (path, problem) => {
    expect(problemsOf(withLoader(path))).toEqual({
      'models[0].loader': `${JSON.stringify(path)}: ${problem}`,
    });
    expect(problemsOf(withPredictor({ file: path }))).toEqual({
      'services[0].predictor.file': `${JSON.stringify(path)}: ${problem}`,
    });
  });

  test.each([
    [3, 'expected a path, {"file": ...} or {"built-in": ...}, got 3'],
    [null, 'expected a path, {"file": ...} or {"built-in": ...}, got null'],
    [['a.py'], 'expected a path, {"file": ...} or {"built-in": ...}, got ["a.py"]'],
    ['', 'it must not be empty'],
    [{ file: 'a.py', 'built-in': 'PyTorchLoader' }, 'it has both file and built-in; leave one of them out'],
    [
      { 'built-in': 'PytorchLoader' },
      'nothing built in is called "PytorchLoader"; did you mean PyTorchLoader?',
    ],
    [{ 'built-in': 'constructor' }, 'nothing built in is called "constructor"; there is PyTorchLoader'],
    [{ 'built-in': null }, 'nothing built in is called null; there is PyTorchLoader'],
  ])('%j is none', (loader, problem) => {
    expect(problemsOf(withLoader(loader))).toEqual({ 'models[0].loader': problem });
  });

  test.each([
    [{}, 'file', 'it is missing; expected text'],
    [
      { file: 'a.py', function: 'load-it' },
      'function',
      '"load-it": it must be letters, digits and _, without a digit in front',
    ],
    [{ file: 'a.py', function: '2nd' }, 'function', expect.any(String)],
    [{ file: 'a.py', function: 'a.b' }, 'function', expect.any(String)],
    [{ file: 'a.py', func: 'load' }, 'func', 'there is no such field; did you mean function?'],
  ])('in the form %j is refused at %s', (loader, field, problem) => {
    expect(problemsOf(withLoader(loader))).toEqual({ [`models[0].loader.${field}`]: problem });
  });
});

describe('the built-in loader', () => {
  const loader = { 'built-in': 'PyTorchLoader', model_cls_file: 'nets/small.py', model_cls_name: 'Net' };

  test('knows its arguments', () => {
    expect(parse(withLoader(loader)).models[0]!.loader).toEqual({
      kind: 'built-in',
      name: 'PyTorchLoader',
      modelClassFile: 'src/nets/small.py',
      modelClassName: 'Net',
      device: null,
    });
    expect(parse(withLoader({ ...loader, device: 'cuda:0' })).models[0]!.loader).toMatchObject({
      device: 'cuda:0',
    });
  });

  test.each([
    [{ model_cls_file: undefined }, 'model_cls_file', 'it is missing; expected text'],
    [{ model_cls_name: undefined }, 'model_cls_name', 'it is missing; expected text'],
    [{ model_cls_file: './small.py' }, 'model_cls_file', '"./small.py": it has the component .'],
    [{ model_cls_file: 'a/../small.py' }, 'model_cls_file', '"a/../small.py": it has the component ..'],
    [{ model_cls_file: '/small.py' }, 'model_cls_file', '"/small.py": it is absolute'],
    [{ model_cls_file: 'small.pt' }, 'model_cls_file', '"small.pt": it must be a Python file (.py)'],
    [{ model_cls_name: 'nets.Net' }, 'model_cls_name', expect.stringContaining('letters')],
    [{ device: 0 }, 'device', 'expected text, got 0'],
    [{ devices: 'cpu' }, 'devices', 'there is no such field; did you mean device?'],
  ])('refuses %j', (change, field, problem) => {
    expect(problemsOf(withLoader({ ...loader, ...change }))).toEqual({
      [`models[0].loader.${field}`]: problem,
    });
  });
});

describe('the built-in predictor', () => {
  const predictor = { 'built-in': 'PyTorchClassifier', submodel: 'net' };

  test('knows its arguments, and fills in their defaults', () => {
    const parsed = (change: object) =>
      parse(withPredictor({ ...predictor, ...change })).services[0]!.predictor;
    const usual = { kind: 'built-in', name: 'PyTorchClassifier', submodel: 'net', classes: null };
    expect(parsed({})).toEqual({ ...usual, batch: true, outputClassDimension: 1 });
    expect(parsed({ batch: false })).toEqual({ ...usual, batch: false, outputClassDimension: 0 });
    expect(parsed({ output_class_dim: -1, classes: ['cat', 'dog'] })).toEqual({
      ...usual,
      classes: ['cat', 'dog'],
      batch: true,
      outputClassDimension: -1,
    });
  });

  test.each([
    [{ submodel: undefined }, 'submodel', 'it is missing; expected text'],
    [{ submodel: 'other' }, 'submodel', 'there is no submodel "other"; there is net'],
    [{ classes: 'cat' }, 'classes', 'expected a list, got "cat"'],
    [{ classes: ['cat', 1] }, 'classes[1]', 'expected text, got 1'],
    [{ batch: 1 }, 'batch', 'expected true or false, got 1'],
    [{ output_class_dim: 0.5 }, 'output_class_dim', 'expected a whole number, got 0.5'],
    [{ output_class_dim: 1e9 }, 'output_class_dim', 'it must be at most 64'],
    [{ output_dim: 1 }, 'output_dim', expect.stringContaining('output_class_dim')],
  ])('refuses %j', (change, field, problem) => {
    expect(problemsOf(withPredictor({ ...predictor, ...change }))).toEqual({
      [`services[0].predictor.${field}`]: problem,
    });
  });

  test('is not a loader', () => {
    expect(problemsOf(withLoader(predictor))['models[0].loader']).toContain('there is PyTorchLoader');
  });
});

describe('problems', () => {
  test('are told several at once, and counted when there are more', () => {
    const models = Array.from({ length: 7 }, () => ({ name: 1 }));
    const { message, hint, data } = failureOf(() => parse({ ...NEW, models }));
    expect(message).toBe(
      `manifest.json cannot be used: ${[0, 1, 2, 3, 4].map((index) => `models[${index}].name: expected text, got 1`).join('; ')}; and 2 more`,
    );
    expect(hint).toContain('cairn manifest new');
    expect(data.problems).toHaveLength(7);
  });

  test('name fields whatever they are called', () => {
    expect(problemsOf({ ...NEW, 'a b': 1, [`x${'y'.repeat(100)}`]: 2 })).toEqual({
      '["a b"]': expect.stringContaining('no such field'),
      [`["x${'y'.repeat(78)}...]`]: expect.stringContaining('no such field'),
    });
  });

  test('are found in fields that JavaScript knows otherwise', () => {
    const text =
      '{"schema":"v2024.1","version":"1","models":[{"name":"net"}],"__proto__":{},"constructor":1}';
    const { data } = failureOf(() => parsePackageManifest(text));
    expect((data.problems as { field: string }[]).map(({ field }) => field)).toEqual([
      '__proto__',
      'constructor',
    ]);
  });
});

describe('the text', () => {
  const text = JSON.stringify(OLD);

  test('may be bytes', () => {
    expect(parsePackageManifest(Buffer.from(text))).toEqual(parsePackageManifest(text));
  });

  test.each([
    ['', 'it is not JSON'],
    ['{', 'it is not JSON'],
    [`${text}x`, 'it is not JSON'],
    ['{"models": NaN}', 'it is not JSON'],
    [`\ufeff${text}`, 'it begins with a byte order mark'],
    [Buffer.from(`\ufeff${text}`), 'it begins with a byte order mark'],
    [Buffer.from([0x7b, 0xff, 0x7d]), 'it is not UTF-8'],
    ['['.repeat(17) + ']'.repeat(17), 'it nests deeper than 16'],
    ['{"a":'.repeat(100_000), 'it nests deeper than 16'],
    [' '.repeat(512 * 1024 + 1), 'it has 524289 bytes'],
  ])('%#: what cannot be read is told', (source, problem) => {
    const error = failureOf(() => parsePackageManifest(source));
    expect(error.code).toBe('invalid');
    expect(error.message).toContain(problem);
  });

  test.each([
    ['null', 'null; leave the field out'],
    ['[]', 'a list'],
    ['3', '3'],
    ['"v2024.1"', '"v2024.1"'],
  ])('%s is no manifest', (source, got) => {
    const { message } = failureOf(() => parsePackageManifest(source));
    expect(message).toContain(`the manifest: expected an object, got ${got}`);
  });

  test('may have brackets in what it says', () => {
    const description = `${'['.repeat(50)} \\" ${'{'.repeat(50)}`;
    const manifest = { models: [{ ...OLD.models[0]!, description }] };
    expect(parse(manifest).models[0]!.description).toBe(description);
  });
});

test('whatever a manifest holds, it is understood or refused with a reason', () => {
  fc.assert(
    fc.property(manifests(), (manifest) => {
      try {
        const { models, services } = parse(manifest);
        expect(models.length).toBeGreaterThan(0);
        expect(services.length).toBeGreaterThan(0);
      } catch (error) {
        if (!(error instanceof CairnError)) throw error;
        expect(['invalid', 'unsupported']).toContain(error.code);
        expect(error.message).not.toContain('undefined');
      }
    }),
    { numRuns: 300 },
  );
});

/** Manifests in which any field may hold anything. */
function manifests(): fc.Arbitrary<unknown> {
  const anything = fc.jsonValue({ maxDepth: 3 });
  const maybe = (usual: fc.Arbitrary<unknown>) => fc.oneof({ weight: 4, arbitrary: usual }, anything);
  const path = fc.constantFrom('hooks/load.py', 'load.py', '../load.py', '/load.py', 'src/a.mjs', '');
  const hook = fc.oneof(
    path,
    fc.record({ file: maybe(path), function: maybe(fc.constant('load')) }, { requiredKeys: [] }),
    fc.record(
      {
        'built-in': maybe(fc.constantFrom('PyTorchLoader', 'PyTorchClassifier')),
        submodel: maybe(fc.constant('net')),
      },
      { requiredKeys: [] },
    ),
  );
  const model = fc.record(
    {
      name: maybe(fc.constantFrom('net', 'other')),
      version: maybe(fc.constant('1')),
      framework: maybe(fc.constant('pytorch')),
      loader: maybe(hook),
      enc_model_cleanup: maybe(fc.constant('never')),
      inputs: maybe(fc.constant([{ name: 'a' }])),
    },
    { requiredKeys: ['name'] },
  );
  return fc.record(
    {
      schema: maybe(fc.constantFrom('v2023.1', 'v2024.1')),
      version: maybe(fc.constant('1')),
      models: maybe(fc.array(maybe(model), { maxLength: 3 })),
      services: maybe(
        fc.array(fc.record({ name: maybe(fc.constant('main')), predictor: maybe(hook) }), { maxLength: 2 }),
      ),
    },
    { requiredKeys: ['models'] },
  );
}
